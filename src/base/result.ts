/** The answer of every reader of user text: a value, and all that is to be said about it. */
import type { Diagnostic } from './diagnostic.ts'

export type NonEmpty<T> = readonly [T, ...T[]]

export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

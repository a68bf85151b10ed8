/** What is wrong with a user's text: a value, collected and shown all at once. The same shape describes a thrown Problem. */
import { type Code, type CodeEntry, codes } from './codes.ts'
import { fill, type Parameters } from './message.ts'
import type { Span } from './span.ts'

export type Severity = 'error' | 'warning' | 'info'

export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
  readonly at?: Span
  /** Other places that matter, such as the first of two duplicates. */
  readonly related?: readonly { readonly message: string; readonly at: Span }[]
}

export interface DiagnosticOptions {
  readonly at?: Span | undefined
  /** Replaces the hint of the code table. */
  readonly hint?: string | undefined
  readonly severity?: Severity | undefined
  readonly related?: Diagnostic['related'] | undefined
}

/** Makes a diagnostic from the code table. `data` names exactly the placeholders of the code's message and hint. */
export function diagnose<C extends Code>(code: C, data: Parameters<C>, options: DiagnosticOptions = {}): Diagnostic {
  const entry: CodeEntry = codes[code]
  const hint = options.hint ?? (entry.hint === undefined ? undefined : fill(entry.hint, data))
  return {
    code,
    severity: options.severity ?? entry.severity,
    message: fill(entry.message, data),
    ...(hint !== undefined && { hint }),
    ...(options.at !== undefined && { at: options.at }),
    ...(options.related !== undefined && options.related.length > 0 && { related: options.related }),
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error')
}

/** In the order of the file. What has no place ("and so many more") comes last. */
export function byPlace(a: Diagnostic, b: Diagnostic): number {
  const last = Number.MAX_SAFE_INTEGER
  return (a.at?.line ?? last) - (b.at?.line ?? last) || (a.at?.col ?? last) - (b.at?.col ?? last)
}

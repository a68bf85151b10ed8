/** A value that planning knows, or knows when it will know. Plain JSON: plans hold these and print them. */
import type { Span } from './span.ts'

export interface Known<T> {
  readonly kind: 'known'
  readonly value: T
}

/** `source` is the user's text, evaluated again just before the step runs; `until` names what it waits for. */
export interface Deferred {
  readonly kind: 'deferred'
  readonly source: string
  readonly until: string
  readonly at?: Span
}

export type Planned<T> = Known<T> | Deferred

export function known<T>(value: T): Known<T> {
  return { kind: 'known', value }
}

export function mapPlanned<T, U>(planned: Planned<T>, change: (value: T) => U): Planned<U> {
  return planned.kind === 'known' ? known(change(planned.value)) : planned
}

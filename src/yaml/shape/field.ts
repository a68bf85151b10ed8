/** The fields of a record: which keys must, may, or need not matter. */
import type { YamlMap } from '../node.ts'
import type { Shape } from './shape.ts'

export interface Required<T> {
  readonly need: 'required'
  readonly shape: Shape<T>
  /** What the author may write there, told where it is missing. */
  readonly suggest?: (map: YamlMap) => string | undefined
}

export interface Optional<T> {
  readonly need: 'optional'
  readonly shape: Shape<T>
}

export interface Defaulted<T> {
  readonly need: 'defaulted'
  readonly shape: Shape<T>
  readonly fallback: T
}

/** Part of the format, without effect. With a reason the author is told. */
export interface KnownKey {
  readonly need: 'known'
  readonly reason?: string
}

export type Field = Required<unknown> | Optional<unknown> | Defaulted<unknown> | KnownKey
export type Fields = { readonly [key: string]: Field }

export function required<T>(shape: Shape<T>, o: Pick<Required<T>, 'suggest'> = {}): Required<T> {
  return { need: 'required', shape, ...o }
}

export function optional<T>(shape: Shape<T>): Optional<T>
export function optional<T>(shape: Shape<T>, fallback: NoInfer<T>): Defaulted<T>
export function optional<T>(shape: Shape<T>, fallback?: T): Optional<T> | Defaulted<T> {
  return fallback === undefined ? { need: 'optional', shape } : { need: 'defaulted', shape, fallback }
}

export function known(reason?: string): KnownKey {
  return reason === undefined ? { need: 'known' } : { need: 'known', reason }
}

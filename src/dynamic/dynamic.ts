/** A value of the file that may hold expressions: what was written, kept until a scope is there to resolve it. */

import type { Span } from '../base/span.ts'
import type { Template } from '../expr/ast.ts'
import type { ExprValue } from '../expr/value.ts'
import type { YamlScalar } from '../yaml/node.ts'

export interface Literal<T> {
  readonly kind: 'literal'
  readonly value: T
  readonly at: Span
}

export interface Templated<T> {
  readonly kind: 'template'
  readonly template: Template
  readonly node: YamlScalar
  readonly at: Span
  /** What the result must be, and how it becomes one; undefined when it cannot. */
  readonly expected: string
  readonly convert: (value: ExprValue) => T | undefined
}

export type Dynamic<T> = Literal<T> | Templated<T>

export function literal<T>(value: T, at: Span): Literal<T> {
  return { kind: 'literal', value, at }
}

/** A method as a row of a table: what it takes, and what it computes. */
import { isSecretText, type Text } from '../../base/secret-text.ts'
import { asNumber } from '../coerce.ts'
import { type Budget, fail } from '../evaluation.ts'
import type { Range } from '../expr-problem.ts'
import { renderText } from '../render.ts'
import { describeValue, type ExprValue } from '../value.ts'

export interface MethodCall {
  readonly name: string
  readonly args: readonly ExprValue[]
  readonly budget: Budget
  readonly at: Range
}

export interface Method<Self> {
  /** Fewest and most arguments. */
  readonly takes: readonly [number, number]
  readonly run: (self: Self, call: MethodCall) => ExprValue
}

export type MethodTable<Self> = ReadonlyMap<string, Method<Self>>

export function methods<Self>(rows: Readonly<Record<string, Method<Self>>>): MethodTable<Self> {
  return new Map(Object.entries(rows))
}

export function row<Self>(takes: readonly [number, number], run: Method<Self>['run']): Method<Self> {
  return { takes, run }
}

export function checkCount(c: MethodCall, [fewest, most]: readonly [number, number]): void {
  if (c.args.length >= fewest && c.args.length <= most) return
  const wanted = fewest === most ? String(fewest) : `${fewest} to ${most}`
  fail('EXPR_BAD_ARGUMENT', { name: c.name, what: `takes ${wanted} values, not ${c.args.length}` }, c.at)
}

/** Numbers and booleans may stand for their text. */
export function textArg(c: MethodCall, index: number): string {
  const arg = joinableArg(c, index)
  return typeof arg === 'string' ? arg : fail('EXPR_SECRET_OPAQUE', { what: `${c.name}()` }, c.at)
}

/** A text that may hold secrets. */
export function joinableArg(c: MethodCall, index: number): Text {
  const arg = c.args[index] ?? null
  if (arg !== null && (typeof arg !== 'object' || isSecretText(arg))) return renderText(arg, c.budget, c.at)
  return fail('EXPR_BAD_ARGUMENT', { name: c.name, what: `value ${index + 1} must be a text, not ${describeValue(arg)}` }, c.at)
}

export function intArg(c: MethodCall, index: number, fallback?: number): number {
  const arg = c.args[index]
  if (arg === undefined && fallback !== undefined) return fallback
  const number = arg === undefined ? undefined : asNumber(arg)
  if (number !== undefined && Number.isSafeInteger(number) && typeof arg !== 'boolean' && arg !== '') return number
  return fail('EXPR_BAD_ARGUMENT', { name: c.name, what: `value ${index + 1} must be a whole number, not ${describeValue(arg ?? null)}` }, c.at)
}

/** A position between 0 and `last`, or a failure that says so. */
export function inRange(c: MethodCall, index: number, last: number): number {
  return index >= 0 && index <= last ? index : fail('EXPR_OUT_OF_RANGE', { name: c.name, index, last: Math.max(last, 0) }, c.at)
}

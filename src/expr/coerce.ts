/** How values stand in for one another: numbers, truth, equality and order by JEXL's rules. */
import { isSecretText } from '../base/secret-text.ts'
import { fail } from './evaluation.ts'
import type { Range } from './expr-problem.ts'
import { describeValue, type ExprValue, isList, isMapValue, mapGet, mapKeys } from './value.ts'

const numeral = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/** Texts of digits count as numbers, booleans as 0 and 1; nothing else does. */
export function asNumber(value: ExprValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string' || value.length > 400) return undefined
  if (value === '') return 0
  return numeral.test(value) ? Number(value) : undefined
}

/** Null, false, 0, NaN, "" and "false" are false. */
export function isTrue(value: ExprValue, at: Range): boolean {
  if (isSecretText(value)) return fail('EXPR_SECRET_OPAQUE', { what: 'Using it as a condition' }, at)
  if (typeof value === 'string') return value !== '' && value !== 'false'
  if (typeof value === 'number') return value !== 0 && !Number.isNaN(value)
  return value !== null && value !== false
}

export function isEqual(left: ExprValue, right: ExprValue, at: Range): boolean {
  if (left === null || right === null) return left === right
  if (isSecretText(left) || isSecretText(right)) return fail('EXPR_SECRET_OPAQUE', { what: 'Comparing it' }, at)
  if (typeof left === 'boolean' || typeof right === 'boolean') return isTrue(left, at) === isTrue(right, at)
  if (typeof left === 'number' || typeof right === 'number') {
    const a = asNumber(left)
    return a !== undefined && a === asNumber(right)
  }
  if (isList(left)) return isList(right) && left.length === right.length && left.every((item, i) => isEqual(item, right[i] ?? null, at))
  if (isMapValue(left)) return isMapValue(right) && isEqualMap(left, right, at)
  return left === right
}

function isEqualMap(left: ExprValue, right: ExprValue, at: Range): boolean {
  if (!isMapValue(left) || !isMapValue(right)) return false
  const keys = mapKeys(left)
  return keys.length === mapKeys(right).length && keys.every((key) => isEqual(mapGet(left, key) ?? null, mapGet(right, key) ?? null, at))
}

/** Negative, zero or positive; undefined when there is no order between the two. */
export function order(left: ExprValue, right: ExprValue): number | undefined {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  const a = asNumber(left)
  const b = asNumber(right)
  return a === undefined || b === undefined ? undefined : a - b
}

export function badOperands(operator: string, left: ExprValue, right: ExprValue, at: Range): never {
  return fail('EXPR_BAD_OPERAND', { operator, left: describeValue(left), right: describeValue(right) }, at)
}

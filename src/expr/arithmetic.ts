/** The binary operators that need both sides: a table of their meanings. */
import { isSecretText } from '../base/secret-text.ts'
import type { BinaryOperator, Expr } from './ast.ts'
import { asNumber, badOperands, isEqual, order } from './coerce.ts'
import { fail, type Running, spend } from './evaluation.ts'
import { matchesWhole } from './regex/use.ts'
import { joinChecked, renderText } from './render.ts'
import { type ExprValue, isList, isMapValue, mapGet } from './value.ts'

type Binary = Expr & { kind: 'binary' }
type Meaning = (left: ExprValue, right: ExprValue, e: Binary, run: Running) => ExprValue

const meanings: { readonly [O in BinaryOperator]: Meaning } = {
  '==': (a, b, e) => isEqual(a, b, e),
  '!=': (a, b, e) => !isEqual(a, b, e),
  '<': compare((n) => n < 0, false),
  '<=': compare((n) => n <= 0, true),
  '>': compare((n) => n > 0, false),
  '>=': compare((n) => n >= 0, true),
  '=~': isIn,
  '!~': (a, b, e, run) => !isIn(a, b, e, run),
  '=^': edge((a, b) => a.startsWith(b)),
  '!^': (a, b, e, run) => !edge((x, y) => x.startsWith(y))(a, b, e, run),
  '=$': edge((a, b) => a.endsWith(b)),
  '!$': (a, b, e, run) => !edge((x, y) => x.endsWith(y))(a, b, e, run),
  '+': add,
  '-': arithmetic((a, b) => a - b),
  '*': arithmetic((a, b) => a * b),
  '/': arithmetic((a, b, float) => (float ? a / b : Math.trunc(a / b))),
  '%': arithmetic((a, b) => a % b),
}

export function applyBinary(e: Binary, left: ExprValue, right: ExprValue, run: Running): ExprValue {
  return meanings[e.operator](left, right, e, run)
}

/** With null nothing is smaller or larger; null is only equal to null. */
function compare(holds: (difference: number) => boolean, whenBothNull: boolean): Meaning {
  return (a, b, e) => {
    if (a === null || b === null) return whenBothNull && a === b
    if (isSecretText(a) || isSecretText(b)) return fail('EXPR_SECRET_OPAQUE', { what: 'Comparing it' }, e)
    return holds(order(a, b) ?? badOperands(e.operator, a, b, e))
  }
}

/** A text matches a pattern as a whole; otherwise the right side contains the left. */
function isIn(value: ExprValue, container: ExprValue, e: Binary, run: Running): boolean {
  if (value === null || container === null) return value === container
  if (isSecretText(value) || isSecretText(container)) return fail('EXPR_SECRET_OPAQUE', { what: 'Matching it' }, e)
  if (isList(container)) {
    spend(run.budget, container.length, e)
    return (isList(value) ? value : [value]).every((each) => container.some((item) => isEqual(each, item, e)))
  }
  const text = renderText(value, run.budget, e)
  if (typeof text !== 'string') return fail('EXPR_SECRET_OPAQUE', { what: 'Matching it' }, e)
  if (isMapValue(container)) return mapGet(container, text) !== undefined
  return matchesWhole(String(container), text, { budget: run.budget, at: e })
}

function edge(test: (text: string, part: string) => boolean): Meaning {
  return (a, b, e, run) => {
    if (a === null || b === null) return a === b
    const [text, part] = [renderText(a, run.budget, e), renderText(b, run.budget, e)]
    if (typeof text !== 'string' || typeof part !== 'string') return fail('EXPR_SECRET_OPAQUE', { what: 'Searching it' }, e)
    return test(text, part)
  }
}

/** Joins as soon as one side is text, with null as the empty text; adds otherwise. */
function add(a: ExprValue, b: ExprValue, e: Binary, run: Running): ExprValue {
  const joins = typeof a === 'string' || typeof b === 'string' || isSecretText(a) || isSecretText(b)
  if (!joins) return arithmetic((x, y) => x + y)(a, b, e, run)
  const pieces = [a, b].map((side) => renderText(side ?? '', run.budget, e))
  return joinChecked(pieces, e)
}

function arithmetic(compute: (a: number, b: number, float: boolean) => number): Meaning {
  return (a, b, e) => {
    const [x, y] = [asNumber(a), asNumber(b)]
    if (x === undefined || y === undefined || a === '' || b === '') return badOperands(e.operator, a, b, e)
    if (y === 0 && (e.operator === '/' || e.operator === '%')) return fail('EXPR_DIVISION_BY_ZERO', {}, e.right)
    return compute(x, y, isFloat(e.left, x) || isFloat(e.right, y))
  }
}

/** Whole numbers divide to whole numbers; 4.0 is not one although its value is. */
function isFloat(e: Expr, value: number): boolean {
  if (!Number.isInteger(value)) return true
  if (e.kind === 'literal') return e.float
  if (e.kind === 'nested') return isFloat(e.inner, value)
  if (e.kind === 'unary') return isFloat(e.operand, value)
  return e.kind === 'binary' && '+-*/%'.includes(e.operator) && (isFloat(e.left, 0) || isFloat(e.right, 0))
}

/** Operators: when their operands are needed, what they may ask for, and the hint for a minus that was meant as a hyphen. */
import { isSecretText } from '../base/secret-text.ts'
import { settle } from './access.ts'
import { applyBinary } from './arithmetic.ts'
import type { Expr } from './ast.ts'
import { asNumber, isTrue } from './coerce.ts'
import { evaluate, evaluateValue } from './evaluate-node.ts'
import { fail, type Got, known, type Result, type Running } from './evaluation.ts'
import { isStop } from './parser-state.ts'
import { describeValue, type ExprValue, isList, isMapValue, mapKeys } from './value.ts'

type Node<K extends Expr['kind']> = Expr & { kind: K }

export function evaluateUnary(e: Node<'unary'>, run: Running): Got {
  const asks = e.operator === 'empty' || e.operator === 'size'
  const operand = evaluateValue(e.operand, asks ? { ...run, tolerant: true } : run)
  if (operand.kind === 'later') return operand
  const { value } = operand
  if (e.operator === '!') return known(!isTrue(value, e))
  if (asks) return known(measure(e.operator, value, e))
  if (typeof value === 'boolean') return known(e.operator === '-' ? !value : value)
  const number = asNumber(value) ?? fail('EXPR_BAD_OPERAND', { operator: e.operator, left: 'nothing', right: describeValue(value) }, e)
  return known(e.operator === '-' ? -number : number)
}

function measure(operator: 'empty' | 'size' | string, value: ExprValue, at: Expr): ExprValue {
  if (isSecretText(value)) return fail('EXPR_SECRET_OPAQUE', { what: operator }, at)
  if (operator === 'empty' && typeof value === 'number') return value === 0 || Number.isNaN(value)
  const size = typeof value === 'string' || isList(value) ? value.length : isMapValue(value) ? mapKeys(value).length : 0
  if (operator === 'size') return size
  return value === null || (typeof value === 'object' || typeof value === 'string' ? size === 0 : false)
}

/** `x == null` asks whether x is there, so an unknown x is null in it. */
function isNullLiteral(e: Expr): boolean {
  return e.kind === 'nested' ? isNullLiteral(e.inner) : e.kind === 'literal' && e.value === null
}

export function evaluateBinary(e: Node<'binary'>, run: Running): Got {
  const asks = (e.operator === '==' || e.operator === '!=') && (isNullLiteral(e.left) || isNullLiteral(e.right))
  const inside = asks ? { ...run, tolerant: true } : run
  const [left, right] = e.operator === '-' && e.tight ? hyphenAware(e, run) : [evaluateValue(e.left, inside), evaluateValue(e.right, inside)]
  if (left.kind === 'later') return left
  if (right.kind === 'later') return right
  return known(applyBinary(e, left.value, right.value, run))
}

/** In `stages.my-stage` the left side is unknown because half a name is meant. */
function hyphenAware(e: Node<'binary'>, run: Running): readonly [Result, Result] {
  const strict = { ...run, tolerant: false }
  try {
    return [evaluateValue(e.left, strict), evaluateValue(e.right, strict)]
  } catch (error) {
    const unknown = isStop(error) && error.stop.diagnostic.code === 'EXPR_UNKNOWN_PATH'
    const path = run.source.slice(e.left.start, e.left.end)
    if (!unknown || !isPath(e.left) || !isPath(e.right)) throw error
    const rest = /^[\w$-]*/.exec(run.source.slice(e.right.start))?.[0] ?? ''
    const dot = path.lastIndexOf('.')
    const name = `${path.slice(dot + 1)}-${rest}`
    const better = dot < 0 ? `a name without "-"` : `${path.slice(0, dot)}["${name}"]`
    return fail('EXPR_HYPHEN', { path, name, better }, e)
  }
}

function isPath(e: Expr): boolean {
  return e.kind === 'name' || (e.kind === 'member' && isPath(e.object))
}

export function evaluateChoice(e: Node<'choice'>, run: Running): Got {
  if (e.operator === '?:' || e.operator === '??') return orElse(e, run)
  const decides = e.operator === '||'
  const left = evaluateValue(e.left, run)
  if (left.kind === 'value' && isTrue(left.value, e.left) === decides) return known(decides)
  const right = evaluateValue(e.right, run)
  if (right.kind === 'later') return left.kind === 'later' ? left : right
  const truth = isTrue(right.value, e.right)
  // A side known only later does not matter when the known one decides.
  return left.kind === 'later' && truth !== decides ? left : known(truth)
}

function orElse(e: Node<'choice'>, run: Running): Got {
  const left = evaluateValue(e.left, { ...run, tolerant: true })
  if (left.kind === 'later') return left
  const there = e.operator === '??' ? left.value !== null : left.value !== null && isTrue(left.value, e.left)
  return there ? left : evaluate(e.right, run)
}

export function evaluateTernary(e: Node<'ternary'>, run: Running): Got {
  const asking = { ...run, tolerant: true }
  const test = settle(evaluate(e.test, asking), asking, e.test)
  if (test.kind === 'later') return test
  if (isTrue(test.value, e.test)) return evaluate(e.yes, run)
  return e.no === undefined ? known(null) : evaluate(e.no, run)
}

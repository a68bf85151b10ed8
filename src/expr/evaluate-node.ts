/** One node of an expression to what it gives: a table by kind. Failures are thrown as Stops, later values travel as results. */
import type { Text } from '../base/secret-text.ts'
import { memberOf, missing, settle } from './access.ts'
import type { Expr, ExprKind, Pieces } from './ast.ts'
import { evaluateCall } from './evaluate-call.ts'
import { evaluateBinary, evaluateChoice, evaluateTernary, evaluateUnary } from './evaluate-operator.ts'
import { fail, type Got, known, type Later, type Result, type Running, spend } from './evaluation.ts'
import { joinChecked, renderText } from './render.ts'
import type { ExprValue } from './value.ts'

type Evaluators = { readonly [K in ExprKind]: (expr: Expr & { kind: K }, run: Running) => Got }

const evaluators: Evaluators = {
  literal: (e) => known(e.value),
  text: (e, run) => joinPieces(e.pieces, run, e),
  list: (e, run) => evaluateAll(e.items, run, (values) => values),
  map: (e, run) =>
    evaluateAll(
      e.entries.flatMap((entry) => [entry.key, entry.value]),
      run,
      pairUp(run, e),
    ),
  name: evaluateName,
  member: evaluateMember,
  index: evaluateIndex,
  call: evaluateCall,
  nested: (e, run) => evaluate(e.inner, run),
  unary: evaluateUnary,
  binary: evaluateBinary,
  choice: evaluateChoice,
  ternary: evaluateTernary,
}

export function evaluate(expr: Expr, run: Running): Got {
  spend(run.budget, 1, expr)
  const evaluator = evaluators[expr.kind] as (expr: Expr, run: Running) => Got
  return evaluator(expr, run)
}

export function evaluateValue(expr: Expr, run: Running): Result {
  return settle(evaluate(expr, run), run, expr)
}

/** All of them, so that what fails is found even when another is only known later. */
export function evaluateAll(exprs: readonly Expr[], run: Running, make: (values: readonly ExprValue[]) => ExprValue): Result {
  const values: ExprValue[] = []
  let later: Later | undefined
  for (const expr of exprs) {
    const result = evaluateValue(expr, run)
    if (result.kind === 'later') later ??= result
    else values.push(result.value)
  }
  return later ?? known(make(values))
}

function pairUp(run: Running, at: Expr): (values: readonly ExprValue[]) => ExprValue {
  return (values) => {
    const map = new Map<string, ExprValue>()
    for (let i = 0; i + 1 < values.length; i += 2) {
      const key = renderText(values[i] ?? null, run.budget, at)
      map.set(typeof key === 'string' ? key : fail('EXPR_SECRET_OPAQUE', { what: 'Using it as a key' }, at), values[i + 1] ?? null)
    }
    return map
  }
}

function joinPieces(pieces: Pieces, run: Running, at: Expr): Result {
  const texts: Text[] = []
  let later: Later | undefined
  for (const piece of pieces) {
    if (typeof piece === 'string') texts.push(piece)
    else {
      const result = evaluateValue(piece, run)
      if (result.kind === 'later') later ??= result
      else texts.push(renderText(result.value, run.budget, piece))
    }
  }
  return later ?? known(joinChecked(texts, at))
}

/** The name as text; later, or computed from a secret, it cannot be followed. */
function nameOf(pieces: Pieces, run: Running, at: Expr): { readonly name: string; readonly computed: boolean } | Later {
  const result = joinPieces(pieces, { ...run, tolerant: false }, at)
  if (result.kind === 'later') return result
  if (typeof result.value !== 'string') return fail('EXPR_SECRET_OPAQUE', { what: 'Using it as a name' }, at)
  return { name: result.value, computed: pieces.some((piece) => typeof piece !== 'string') }
}

function evaluateName(e: Expr & { kind: 'name' }, run: Running): Got {
  const name = nameOf(e.name, run, e)
  if ('kind' in name) return name
  return memberOf({ kind: 'folder', folder: run.scope.root, path: '' }, name.name, name.computed, run, e)
}

function evaluateMember(e: Expr & { kind: 'member' }, run: Running): Got {
  const object = evaluate(e.object, e.safe ? { ...run, tolerant: true } : run)
  if (e.safe && object.kind === 'value' && object.value === null) return object
  const name = nameOf(e.name, run, e)
  if ('kind' in name) return name
  return memberOf(object, name.name, name.computed, run, e)
}

function evaluateIndex(e: Expr & { kind: 'index' }, run: Running): Got {
  const object = evaluate(e.object, run)
  const index = evaluateValue(e.index, run)
  if (object.kind === 'later') return object
  if (index.kind === 'later') return index
  if (index.value === null) return known(missing(run, e, 'null', 'it', []))
  const name = renderText(index.value, run.budget, e)
  if (typeof name !== 'string') return fail('EXPR_SECRET_OPAQUE', { what: 'Using it as an index' }, e)
  return memberOf(object, name, false, run, e)
}

/** A dynamic value in a scope: known, known later, or nothing after a report. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { type Evaluation, evaluate } from '../expr/evaluate.ts'
import { placeProblem } from '../expr/expr-problem.ts'
import type { Scope } from '../expr/scope.ts'
import { describeValue } from '../expr/value.ts'
import { scalarSpan } from '../yaml/scalar-span.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { Dynamic, Templated } from './dynamic.ts'

export interface Resolving {
  readonly scope: Scope
  readonly report: Report
  readonly purpose?: 'text' | 'condition'
}

export function resolve<T>(dynamic: Dynamic<T>, o: Resolving): Planned<T> | undefined {
  if (dynamic.kind === 'literal') return known(dynamic.value)
  const { node, at } = dynamic
  const result = evaluate(dynamic.template, o.scope, { purpose: o.purpose ?? 'text' })
  if (result.kind === 'later') return { kind: 'deferred', source: node.source, until: result.until, at }
  if (result.kind === 'failed') {
    for (const problem of result.problems) o.report(placeProblem(problem, (start, end) => scalarSpan(node, start, end)))
    return undefined
  }
  reportNulls(dynamic, result, o.report)
  const value = dynamic.convert(result.value)
  if (value !== undefined) return known(value)
  o.report(diagnose('DYNAMIC_WRONG_TYPE', { found: describeValue(result.value), expected: dynamic.expected }, { at }))
  return undefined
}

/** Null is a value, but in a text rarely the one that was meant. */
function reportNulls({ node }: Templated<unknown>, { value, nulls }: Extract<Evaluation, { kind: 'value' }>, report: Report): void {
  if (node.answers !== undefined && value === null) {
    report(diagnose('EXPR_NULL_ANSWER', { path: node.answers }, { at: node.at }))
    return
  }
  for (const met of nulls) {
    const at = scalarSpan(node, met.start, met.end)
    if (met.kind === 'answer') report(diagnose('EXPR_NULL_ANSWER', { path: met.input }, { at }))
    else report(diagnose('EXPR_ABSENT', { path: met.path, why: met.why ?? 'this run does not have it' }, { at }))
  }
}

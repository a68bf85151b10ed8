/** Evaluates templates and conditions over a scope. The one entrance; never throws for any text. */

import { isSecretText } from '../base/secret-text.ts'
import type { ExprPart, Template } from './ast.ts'
import { isTrue } from './coerce.ts'
import { evaluateValue } from './evaluate-node.ts'
import { evaluateParts } from './evaluate-parts.ts'
import { type NullMet, newBudget, type Result, type Running } from './evaluation.ts'
import { type ExprProblem, exprProblem } from './expr-problem.ts'
import { exprLimits } from './limits.ts'
import { isStop } from './parser-state.ts'
import { textLength } from './render.ts'
import type { Scope } from './scope.ts'
import { parseCondition, parseTemplate } from './template.ts'
import type { ExprValue } from './value.ts'

export type Evaluation =
  /** `nulls`: what became null in it. */
  | { readonly kind: 'value'; readonly value: ExprValue; readonly nulls: readonly NullMet[] }
  /** `until` says what it waits for, in the scope's words. */
  | { readonly kind: 'later'; readonly until: string }
  /** One problem for each expression of the template that failed. */
  | { readonly kind: 'failed'; readonly problems: readonly ExprProblem[] }

export interface EvaluateOptions {
  /** 'text': an unknown path is an error. 'condition': it is null, and the value is true or false. */
  readonly purpose: 'text' | 'condition'
}

export function evaluate(template: Template, scope: Scope, o: EvaluateOptions): Evaluation {
  const run: Running = { scope, source: template.source, tolerant: o.purpose === 'condition', budget: newBudget(), within: [], nulls: [] }
  const expressions = template.parts.filter((part): part is ExprPart => typeof part !== 'string')
  if (expressions.length > 1) {
    // Every expression by itself first, so that all failures are told and not only the first.
    const problems = expressions.flatMap((part) => attempt(() => evaluateValue(part.expr, run)).problems)
    if (problems.length > 0) return { kind: 'failed', problems: problems.slice(0, exprLimits.problems) }
    run.budget.left = exprLimits.steps
  }
  const { result, problems } = attempt(() => finish(template, run, o))
  if (result === undefined) return { kind: 'failed', problems }
  return result.kind === 'value' ? { kind: 'value', value: result.value, nulls: run.nulls } : result
}

function finish(template: Template, run: Running, o: EvaluateOptions): Result {
  const whole = { start: 0, end: template.source.length }
  const result = evaluateParts(template, run)
  if (result.kind === 'later') return result
  if (o.purpose === 'condition') return { kind: 'value', value: template.parts.length === 0 || isTrue(result.value, whole) }
  if (tooLarge(result.value)) throw { stop: exprProblem('EXPR_TOO_LARGE', { limit: exprLimits.valueLength / 1024 }, whole) }
  return { kind: 'value', value: result.value }
}

function tooLarge(value: ExprValue): boolean {
  if (typeof value !== 'string' && !isSecretText(value)) return false
  if (textLength(value) > exprLimits.valueLength) return true
  return typeof value === 'string' && value.length * 3 > exprLimits.valueLength && new TextEncoder().encode(value).length > exprLimits.valueLength
}

function attempt(compute: () => Result): { readonly result?: Result; readonly problems: readonly ExprProblem[] } {
  try {
    return { result: compute(), problems: [] }
  } catch (error) {
    if (isStop(error)) return { problems: [error.stop] }
    if (!(error instanceof RangeError)) throw error
    return { problems: [exprProblem('EXPR_TOO_DEEP', { limit: exprLimits.chain }, { start: 0, end: 1 })] }
  }
}

/** Parses and evaluates in one go. */
export function evaluateText(text: string, scope: Scope): Evaluation {
  const { template, problems } = parseTemplate(text)
  return problems.length > 0 ? { kind: 'failed', problems } : evaluate(template, scope, { purpose: 'text' })
}

/** An empty condition holds. */
export function evaluateCondition(text: string, scope: Scope): Evaluation {
  const { template, problems } = parseCondition(text)
  return problems.length > 0 ? { kind: 'failed', problems } : evaluate(template, scope, { purpose: 'condition' })
}

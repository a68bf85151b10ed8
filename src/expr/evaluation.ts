/** What the evaluator's parts share: the running evaluation, what a node gave, and how a failure is raised. */
import type { Code } from '../base/codes.ts'
import type { DiagnosticOptions } from '../base/diagnostic.ts'
import type { Parameters } from '../base/message.ts'
import type { Range } from './expr-problem.ts'
import { exprLimits } from './limits.ts'
import { stop } from './parser-state.ts'
import type { Folder, Scope } from './scope.ts'
import type { ExprValue } from './value.ts'

export interface Running {
  readonly scope: Scope
  /** The template's text, to quote from in messages. */
  readonly source: string
  /** What cannot be resolved is null: in conditions, and where the author asks whether something is there. */
  readonly tolerant: boolean
  readonly budget: Budget
  /** Paths whose text is being evaluated, outermost first. */
  readonly within: readonly string[]
  /** Grows: what became null in a text, where nothing in the text allows for that. */
  readonly nulls: NullMet[]
}

export type NullMet = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'absent'; readonly path: string; readonly why: string | undefined }
  /** The answer to a run-time input is an expression, and gives null. */
  | { readonly kind: 'answer'; readonly input: string }
)

/** Once for each place. Where null is an answer there is nothing to tell. */
export function noteNull(run: Running, met: NullMet): void {
  const told = run.nulls.some((other) => other.start === met.start && other.end === met.end && other.kind === met.kind)
  if (!run.tolerant && !told) run.nulls.push(met)
}

export interface Budget {
  left: number
}

export function newBudget(): Budget {
  return { left: exprLimits.steps }
}

export type Known = { readonly kind: 'value'; readonly value: ExprValue /** Null because the whole subject is absent. */; readonly absent?: boolean }
export type Later = { readonly kind: 'later'; readonly until: string }
export type Result = Known | Later
/** A path may still be on its way through folders. */
export type Got = Result | { readonly kind: 'folder'; readonly folder: Folder; readonly path: string }

export function known(value: ExprValue): Known {
  return { kind: 'value', value }
}

/** Ends the evaluation of this expression; caught where its template is evaluated. */
export function fail<C extends Code>(code: C, data: Parameters<C>, at: Range, options: DiagnosticOptions = {}): never {
  return stop(code, data, at, options)
}

export function spend(budget: Budget, steps: number, at: Range): void {
  budget.left -= steps
  if (budget.left < 0) fail('EXPR_TOO_MUCH_WORK', {}, at)
}

export function checkLength(length: number, at: Range): void {
  if (length > exprLimits.valueLength) fail('EXPR_TOO_LARGE', { limit: exprLimits.valueLength / 1024 }, at)
}

/** What is wrong in an expression, placed by offsets into the template's text; the caller knows the file and turns them into a span. */
import type { Code } from '../base/codes.ts'
import { type Diagnostic, type DiagnosticOptions, diagnose } from '../base/diagnostic.ts'
import type { Parameters } from '../base/message.ts'
import type { Span } from '../base/span.ts'

export interface ExprProblem {
  /** Without a place. */
  readonly diagnostic: Diagnostic
  readonly start: number
  readonly end: number
}

export interface Range {
  readonly start: number
  readonly end: number
}

export function exprProblem<C extends Code>(code: C, data: Parameters<C>, at: Range, options: DiagnosticOptions = {}): ExprProblem {
  return { diagnostic: diagnose(code, data, options), start: at.start, end: at.end }
}

/** `spanOf` is usually `(start, end) => scalarSpan(node, start, end)`. */
export function placeProblem(problem: ExprProblem, spanOf: (start: number, end: number) => Span): Diagnostic {
  return { ...problem.diagnostic, at: spanOf(problem.start, problem.end) }
}

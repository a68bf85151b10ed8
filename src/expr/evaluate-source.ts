/** Values that hold expressions themselves: evaluated in the same scope, not in circles, not without end. */

import { evaluateParts } from './evaluate-parts.ts'
import { fail, type NullMet, noteNull, type Result, type Running, spend } from './evaluation.ts'
import type { ExprProblem, Range } from './expr-problem.ts'
import { exprLimits } from './limits.ts'
import { isStop, type Stop } from './parser-state.ts'
import { parseTemplate } from './template.ts'

export interface Source {
  readonly text: string
  /** The run-time input that the text answers. */
  readonly answers?: string
}

export function evaluateSource({ text, answers }: Source, path: string, run: Running, at: Range): Result {
  if (run.within.includes(path)) return fail('EXPR_LOOP', { path }, at, { hint: `${[...run.within, path].join(' refers to ')}` })
  if (run.within.length >= exprLimits.sources) return fail('EXPR_TOO_DEEP', { limit: exprLimits.sources }, at)
  spend(run.budget, text.length, at)
  const { template, problems } = parseTemplate(text)
  if (problems[0] !== undefined) throw from(problems[0], path, at)
  const nulls: NullMet[] = []
  try {
    const result = evaluateParts(template, { ...run, source: text, within: [...run.within, path], nulls })
    const { start, end } = at
    if (answers !== undefined && result.kind === 'value' && result.value === null) noteNull(run, { kind: 'answer', input: answers, start, end })
    else for (const met of nulls) noteNull(run, { ...met, start, end })
    return result
  } catch (error) {
    throw isStop(error) ? from(error.stop, path, at) : error
  }
}

/** Offsets of the inner text mean nothing outside: the problem is placed at the reference, and says whose value it is in. */
function from(problem: ExprProblem, path: string, at: Range): Stop {
  const message = `${problem.diagnostic.message} (in the value of ${path})`
  return { stop: { diagnostic: { ...problem.diagnostic, message }, start: at.start, end: at.end } }
}

/** What failed, why, and its last words: one block per step, and for stages that failed by themselves. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { RunView, StepView } from '../../events/run-view.ts'
import { tailLines } from '../../events/tail.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { printable } from '../../text/terminal-text.ts'
import { outcomeText } from './outcome-text.ts'
import type { Painter } from './paint.ts'
import { failedTestLines } from './test-lines.ts'

export interface FailureOptions {
  readonly paint: Painter
  readonly colours: boolean
}

/** Last lines of output that are shown. */
const lastWords = 12

export function failedSteps(view: RunView): readonly StepView[] {
  return [...view.steps.values()].filter(({ status }) => status === 'failed' || status === 'errored')
}

export function failureLines(view: RunView, o: FailureOptions): readonly string[] {
  const steps = failedSteps(view)
  return [...steps.flatMap((step) => ['', ...stepLines(step, o)]), ...othersLines(view, steps, o)]
}

function stepLines(step: StepView, o: FailureOptions): readonly string[] {
  const { outcome } = step
  const words = tailLines(step.tail)
    .slice(-lastWords)
    .map((line) => `  ${o.paint('dim', '│')} ${printable(line, { colours: o.colours })}`)
  const why = outcome === undefined ? [] : reasons(outcome, o)
  const ignored = outcome !== undefined && 'ignored' in outcome ? [`  ${o.paint('dim', 'the failure is ignored: a failure strategy says so')}`] : []
  const tests = step.tests === undefined ? [] : failedTestLines(step.tests, o.paint).map((line) => `  ${line}`)
  return [`${o.paint('error', `✖ ${step.name}`)} ${o.paint('dim', step.path)}`, ...words, ...tests, ...why, ...ignored]
}

function reasons(outcome: Outcome, o: FailureOptions): readonly string[] {
  const problems = problemsOf(outcome)
  return problems.length === 0 ? [`  ${outcomeText(outcome)}`] : problems.map((problem) => indent(renderDiagnostic(problem, { paint: o.paint })))
}

/** A stage that has run out of time, or a run: no step tells of it. */
function othersLines(view: RunView, steps: readonly StepView[], o: FailureOptions): readonly string[] {
  const told = new Set(steps.flatMap(({ outcome }) => (outcome === undefined ? [] : problemsOf(outcome).map(sameText))))
  const lines: string[] = []
  const add = (name: string, outcome: Outcome | undefined): void => {
    const found = outcome === undefined ? [] : problemsOf(outcome).filter((problem) => !told.has(sameText(problem)))
    for (const problem of found) told.add(sameText(problem))
    if (found.length > 0) lines.push('', o.paint('error', `✖ ${name}`), ...found.map((problem) => indent(renderDiagnostic(problem, { paint: o.paint }))))
  }
  for (const stage of view.stages.values()) add(`stage ${stage.path}`, stage.outcome)
  add('the run', view.outcome)
  return lines
}

function problemsOf(outcome: Outcome): readonly Diagnostic[] {
  if (outcome.kind === 'errored') return [outcome.problem, ...(outcome.others ?? [])]
  return outcome.kind === 'failed' && outcome.problem !== undefined ? [outcome.problem] : []
}

function sameText({ code, message, at }: Diagnostic): string {
  return `${code} ${message} ${at?.file}:${at?.line}:${at?.col}`
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}

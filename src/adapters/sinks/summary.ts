/** The closing words of a run: what was delivered, what failed and why, and how to go on. */
import { humanBytes, humanDuration, plural } from '../../base/human.ts'
import type { RunView, StepView } from '../../events/run-view.ts'
import { tailLines } from '../../events/tail.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { outcomeText } from './outcome-text.ts'
import type { Painter } from './paint.ts'
import { statusMarks } from './status-marks.ts'

export function summary(view: RunView, paint: Painter): string {
  const steps = [...view.steps.values()]
  const lines = ['']
  for (const step of steps) for (const image of step.delivered) lines.push(`  ${image.ref}  ${paint('dim', image.digest)}`)
  for (const step of steps)
    for (const file of step.files)
      lines.push(`  ${file.path}  ${paint('dim', `${humanBytes(file.bytes)}${file.digest === undefined ? '' : `  ${file.digest}`}`)}`)
  for (const step of steps) if (step.status === 'failed' || step.status === 'errored') lines.push(...failure(step, paint))
  const { mark, style, word } = statusMarks[view.status]
  const took = view.startedAt === undefined || view.finishedAt === undefined ? '' : ` in ${humanDuration(view.finishedAt - view.startedAt)}`
  lines.push('', `${paint(style, `${mark} run ${view.sequenceId ?? ''} ${word}`)}${took}  ${paint('dim', counts(steps))}`)
  return `${lines.join('\n')}\n`
}

function failure(step: StepView, paint: Painter): readonly string[] {
  const lines = ['', `${paint('error', `✖ ${step.name}`)} ${paint('dim', step.path)}`]
  const { outcome } = step
  const tail = tailLines(step.tail).slice(-12)
  if (tail.length > 0) lines.push(...tail.map((line) => `  ${paint('dim', '│')} ${line}`))
  if (outcome?.kind === 'errored') for (const problem of [outcome.problem, ...(outcome.others ?? [])]) lines.push(indent(renderDiagnostic(problem)))
  else if (outcome?.kind === 'failed' && outcome.problem !== undefined) lines.push(indent(renderDiagnostic(outcome.problem)))
  else if (outcome !== undefined) lines.push(`  ${outcomeText(outcome)}`)
  return lines
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}

function counts(steps: readonly StepView[]): string {
  const by = Map.groupBy(steps, (step) => step.status)
  return [
    plural(steps.length, 'step'),
    ...(['failed', 'errored', 'aborted', 'skipped'] as const).flatMap((status) => (by.has(status) ? [`${by.get(status)?.length} ${status}`] : [])),
  ].join(', ')
}

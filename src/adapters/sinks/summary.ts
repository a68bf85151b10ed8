/** The closing words of a run: what was delivered, what failed and why, and how to go on. */
import { humanBytes, humanDuration, plural } from '../../base/human.ts'
import type { RunView, StepView } from '../../events/run-view.ts'
import { scanLine } from '../../events/scan-line.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { printable } from '../../text/terminal-text.ts'
import { type FailureOptions, failedSteps, failureLines } from './failures.ts'
import { statusMarks } from './status-marks.ts'
import { testsLine } from './test-lines.ts'

export interface SummaryOptions extends FailureOptions {
  /** Where they were not told on the way. */
  readonly warnings: boolean
}

export function summary(view: RunView, o: SummaryOptions): string {
  if (view.plan === undefined) return ''
  const lines = [
    '',
    ...delivered(view, o),
    ...tested(view, o),
    ...scanned(view, o),
    ...(o.warnings ? warningLines(view, o) : []),
    ...failureLines(view, o),
    ...goingOn(view, o),
    '',
    closing(view, o),
  ]
  return `${lines.filter((line, i) => line !== '' || lines[i - 1] !== '').join('\n')}\n`
}

function delivered(view: RunView, { paint }: SummaryOptions): readonly string[] {
  const steps = [...view.steps.values()]
  const images = steps.flatMap((step) => step.delivered.map(({ ref, digest }) => ({ name: ref, text: digest })))
  const files = steps
    .flatMap((step) => step.files)
    .map(({ path, bytes, digest }) => ({ name: path, text: [humanBytes(bytes), digest ?? []].flat().join('  ') }))
  const widest = Math.min(60, Math.max(0, ...[...images, ...files].map(({ name }) => name.length)))
  return [...images, ...files].map(({ name, text }) => `  ${name.padEnd(widest)}  ${paint('dim', text)}`)
}

function tested(view: RunView, { paint }: SummaryOptions): readonly string[] {
  return [...view.steps.values()].flatMap(({ path, tests }) => (tests === undefined ? [] : [`  ${paint('dim', path)}  ${testsLine(tests)}`]))
}

function scanned(view: RunView, { paint }: SummaryOptions): readonly string[] {
  return [...view.steps.values()].flatMap(({ path, scan }) =>
    scan === undefined ? [] : [`  ${paint('dim', path)}  ${printable(scanLine(scan), { colours: false })}`],
  )
}

function warningLines(view: RunView, { paint }: SummaryOptions): readonly string[] {
  const notes = [...view.stages.values(), ...view.steps.values()].flatMap(({ path, notes: own }) => own.map((note) => ({ path, note })))
  return notes
    .filter(({ note }) => note.severity !== 'info')
    .flatMap(({ path, note }, i) => [...(i === 0 ? [''] : []), `  ${paint('dim', path)} ${renderDiagnostic(note, { paint }).replaceAll('\n', '\n  ')}`])
}

/** Only where something is to be looked at or done again. */
function goingOn(view: RunView, { paint }: SummaryOptions): readonly string[] {
  if (view.run === undefined || view.status === 'passed' || view.status === 'skipped') return []
  const [only, ...more] = failedSteps(view)
  const logs = `slipway runs logs ${view.run}${only !== undefined && more.length === 0 ? ` ${only.path}` : ''}`
  return ['', `  ${paint('dim', 'whole log:  ')} ${logs}`, `  ${paint('dim', 'try again:  ')} slipway runs rerun ${view.run} --from-failed`]
}

function closing(view: RunView, { paint }: SummaryOptions): string {
  const { mark, style, word } = statusMarks[view.status]
  const took = view.startedAt === undefined || view.finishedAt === undefined ? '' : ` in ${humanDuration(view.finishedAt - view.startedAt)}`
  return `${paint(style, `${mark} run ${view.sequenceId ?? ''} ${word}`)}${took}  ${paint('dim', counts([...view.steps.values()]))}`
}

function counts(steps: readonly StepView[]): string {
  const by = Map.groupBy(steps, (step) => step.status)
  return [
    plural(steps.length, 'step'),
    ...(['failed', 'errored', 'aborted', 'skipped'] as const).flatMap((status) => (by.has(status) ? [`${by.get(status)?.length} ${status}`] : [])),
  ].join(', ')
}

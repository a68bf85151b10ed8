/** The live tree as lines of text, cut to the width and height of the terminal. Pure: view in, lines out. */

import type { Instant } from '../../base/clock.ts'
import { humanBytes, humanDuration } from '../../base/human.ts'
import { type StageSummary, type SummaryNode, stagesOf } from '../../events/plan-summary.ts'
import type { RunView, StepView } from '../../events/run-view.ts'
import { tailLines } from '../../events/tail.ts'
import type { Painter } from './paint.ts'
import { statusMarks } from './status-marks.ts'

export interface FrameOptions {
  readonly now: Instant
  readonly columns: number
  readonly rows: number
  readonly paint: Painter
}

interface Row {
  readonly depth: number
  readonly mark: string
  readonly name: string
  readonly strong?: boolean
  readonly detail: string
  readonly tail?: string
}

export function treeFrame(view: RunView, o: FrameOptions): readonly string[] {
  const rows: string[] = []
  for (const stage of stagesOf(view.plan?.stages ?? [])) rows.push(...stageRows(stage, view, o))
  if (rows.length <= o.rows) return rows
  // Finished rows give way first; what runs now is what people look at.
  const running = rows.filter((row) => row.includes('▸') || row.includes('│'))
  const kept = [...running, ...rows.filter((row) => !running.includes(row))].slice(0, o.rows - 1)
  return [...rows.filter((row) => kept.includes(row)), o.paint('dim', `  … ${rows.length - kept.length} more`)]
}

function stageRows(stage: StageSummary, view: RunView, o: FrameOptions): readonly string[] {
  const state = view.stages.get(stage.path)
  const status = statusMarks[state?.status ?? 'waiting']
  const head = render({ depth: 0, mark: o.paint(status.style, status.mark), name: stage.name, strong: true, detail: elapsed(state ?? {}, o.now) }, o)
  return [...head, ...stage.steps.flatMap((node) => nodeRows(node, 1, view, o))]
}

function nodeRows(node: SummaryNode, depth: number, view: RunView, o: FrameOptions): readonly string[] {
  if (node.kind === 'parallel') return node.children.flatMap((child) => nodeRows(child, depth, view, o))
  if (node.kind === 'group')
    return [
      ...render({ depth, mark: o.paint('dim', '▾'), name: node.name, detail: '' }, o),
      ...node.children.flatMap((child) => nodeRows(child, depth + 1, view, o)),
    ]
  const step = view.steps.get(node.path)
  if (step === undefined) return []
  const status = statusMarks[step.status]
  const tail = step.status === 'running' ? lastWords(step) : undefined
  return render({ depth, mark: o.paint(status.style, status.mark), name: step.name, detail: detailOf(step, o.now), ...(tail !== undefined && { tail }) }, o)
}

function detailOf(step: StepView, now: Instant): string {
  if (step.outcome?.kind === 'skipped') return step.outcome.because
  return elapsed(step, now)
}

function lastWords(step: StepView): string | undefined {
  const progress = step.progress.at(-1)
  if (progress !== undefined) return `${progress.task} ${humanBytes(progress.done)}${progress.total === undefined ? '' : ` of ${humanBytes(progress.total)}`}`
  return tailLines(step.tail).at(-1)
}

function elapsed(o: { readonly startedAt?: Instant; readonly finishedAt?: Instant }, now: Instant): string {
  return o.startedAt === undefined ? '' : humanDuration((o.finishedAt ?? now) - o.startedAt)
}

function render(row: Row, o: FrameOptions): readonly string[] {
  const lead = '  '.repeat(row.depth)
  const name = clip(row.name, o.columns - lead.length - row.detail.length - 5)
  const lines = [`${lead}${row.mark} ${row.strong === true ? o.paint('bold', name) : name}  ${o.paint('dim', row.detail)}`]
  if (row.tail !== undefined) lines.push(`${lead}  ${o.paint('dim', `│ ${clip(row.tail, o.columns - lead.length - 5)}`)}`)
  return lines
}

/** One line, no control characters: output of steps must not move the cursor of the tree. */
function clip(text: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
  const plain = text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
  return plain.length > columns ? `${plain.slice(0, Math.max(0, columns - 1))}…` : plain
}

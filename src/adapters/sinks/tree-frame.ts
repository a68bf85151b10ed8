/** The live picture of a run as lines of text, cut to the width and height of the terminal. Pure: view in, lines out. */
import type { Instant } from '../../base/clock.ts'
import { humanDuration, plural } from '../../base/human.ts'
import type { NodeStatus, RunView } from '../../events/run-view.ts'
import { clip, columnsOf, padded, printable } from '../../text/terminal-text.ts'
import { type Fold, fitRows } from './fit-rows.ts'
import type { Painter } from './paint.ts'
import type { ProgressLines } from './progress-lines.ts'
import type { NodeRow, Row } from './row.ts'
import { statusMarks } from './status-marks.ts'
import { treeRows } from './tree-rows.ts'

export interface FrameOptions {
  readonly now: Instant
  readonly columns: number
  /** Lines that there is room for. */
  readonly rows: number
  readonly paint: Painter
  readonly colours: boolean
  readonly progress: ProgressLines
  /** Said after the first Ctrl-C. */
  readonly stopping?: boolean
}

export function treeFrame(view: RunView, o: FrameOptions): readonly string[] {
  if (view.plan === undefined) return []
  const heading = headLine(view, o)
  const shown = fitRows(treeRows(view, o.now, o.progress), Math.max(0, o.rows - 1))
  const nameColumns = columnForNames(shown, o.columns)
  return [heading, ...shown.map((row, i) => line(row, shown[i + 1], nameColumns, o))].slice(0, Math.max(1, o.rows))
}

const counted: readonly NodeStatus[] = ['running', 'failed', 'errored', 'aborted']

function headLine(view: RunView, o: FrameOptions): string {
  const { mark, style } = statusMarks[view.status]
  const steps = [...view.steps.values()]
  const by = Map.groupBy(steps, (step) => step.status)
  const over = steps.filter((step) => step.status !== 'waiting' && step.status !== 'running').length
  const counts = [`${over} of ${plural(steps.length, 'step')}`, ...counted.flatMap((status) => (by.has(status) ? [`${by.get(status)?.length} ${status}`] : []))]
  const took = view.startedAt === undefined ? '' : humanDuration((view.finishedAt ?? o.now) - view.startedAt)
  const stopping = o.stopping === true && view.status === 'running' ? `  ${o.paint('warning', 'stopping; Ctrl-C once more ends everything at once')}` : ''
  const title = o.paint('bold', `run ${view.sequenceId ?? ''} of ${printable(view.plan?.pipeline.name ?? '', { colours: false })}`)
  return clip(`${o.paint(style, mark)} ${title}  ${took}  ${o.paint('dim', counts.join(', '))}${stopping}`, o.columns)
}

/** Names stand in a column, so that times and words do too; long ones are cut before the words are. */
function columnForNames(rows: readonly (Row | Fold)[], columns: number): number {
  const widest = Math.max(0, ...rows.map((row) => (row.kind === 'node' ? lead(row).length + 2 + columnsOf(row.name) : 0)))
  return Math.min(widest, Math.floor(columns * 0.45))
}

function lead({ depth }: { readonly depth: number }): string {
  return '  '.repeat(depth)
}

function line(row: Row | Fold, next: Row | Fold | undefined, nameColumns: number, o: FrameOptions): string {
  if (row.kind === 'fold') return clip(`${lead(row)}${o.paint('dim', `… ${row.text}`)}`, o.columns)
  if (row.kind === 'words') return said(`${lead(row)}${o.paint('dim', '│')} `, row.text, o)
  return nodeLine(row, next?.kind === 'words' ? '' : row.words, nameColumns, o)
}

function nodeLine(row: NodeRow, words: string, nameColumns: number, o: FrameOptions): string {
  const { mark, style } = statusMarks[row.status]
  const name = clip(printable(row.name, { colours: false }), nameColumns - lead(row).length - 2)
  const begin = `${lead(row)}${o.paint(style, mark)} ${row.strong ? o.paint('bold', name) : name}`
  const rest = `${row.time.padEnd(7)}${row.remark}`.trimEnd()
  if (rest === '' && words === '') return begin
  const head = `${padded(begin, nameColumns)}  ${o.paint(row.status === 'failed' || row.status === 'errored' ? 'error' : 'dim', printable(rest, { colours: false }))}`
  return words === '' ? clip(head, o.columns) : said(`${padded(head, nameColumns + 9)} `, words, o)
}

function said(begin: string, words: string, o: FrameOptions): string {
  return clip(`${begin}${printable(words, { colours: o.colours })}`, o.columns)
}

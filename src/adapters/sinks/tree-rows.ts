/** The run as rows: stages, groups and steps in the order of the plan, with what running steps say. Pure: view in, rows out. */
import type { Instant } from '../../base/clock.ts'
import { humanDuration } from '../../base/human.ts'
import type { NodeStatus, RunView, StageView, StepView } from '../../events/run-view.ts'
import { tailLines } from '../../events/tail.ts'
import { outcomeText } from './outcome-text.ts'
import type { ProgressLines } from './progress-lines.ts'
import { type NodeRow, type Row, ranks } from './row.ts'
import { type TreeNode, treeOf } from './run-tree.ts'

/** Lines of its output that a running step shows where there is room. */
const manyWords = 5

export function treeRows(view: RunView, now: Instant, progress: ProgressLines): readonly Row[] {
  return [...treeOf(view)].flatMap((node) => rowsOf(node, 0, { now, progress }))
}

interface At {
  readonly now: Instant
  readonly progress: ProgressLines
}

function rowsOf(node: TreeNode, depth: number, at: At): readonly Row[] {
  if (node.kind === 'step') return stepRows(node.step, depth, at)
  const below = node.children.flatMap((child) => rowsOf(child, depth + 1, at))
  const nodes = below.filter((row) => row.kind === 'node')
  const status = node.stage?.status ?? statusOf(nodes.map((row) => row.status))
  const own = status === 'waiting' ? ranks.waiting : status === 'running' ? ranks.running : ranks.over
  const head: NodeRow = {
    kind: 'node',
    depth,
    rank: Math.min(own, ...below.map((row) => row.rank)),
    status,
    leaf: nodes.length === 0,
    strong: depth === 0,
    name: node.name,
    time: elapsed(node.stage ?? {}, at.now),
    remark: stageRemark(node.stage, nodes),
    words: '',
  }
  return [head, ...below]
}

/** A stage of which no step tells why it ended as it did. */
function stageRemark(stage: StageView | undefined, nodes: readonly NodeRow[]): string {
  const { outcome } = stage ?? {}
  if (outcome === undefined || outcome.kind === 'passed') return ''
  return nodes.some((row) => row.leaf && row.status === outcome.kind) ? '' : outcomeText(outcome)
}

function statusOf(statuses: readonly NodeStatus[]): NodeStatus {
  const all = new Set(statuses)
  for (const status of ['errored', 'failed', 'aborted'] as const) if (all.has(status)) return all.has('running') ? 'running' : status
  if (all.has('running') || (all.has('waiting') && all.size > 1)) return 'running'
  return all.has('waiting') ? 'waiting' : all.has('passed') ? 'passed' : 'skipped'
}

function stepRows(step: StepView, depth: number, at: At): readonly Row[] {
  const words = step.status === 'running' ? wordsOf(step, at) : []
  const shown = words.slice(-manyWords)
  const node: NodeRow = {
    kind: 'node',
    depth,
    rank: rankOf(step),
    status: step.status,
    leaf: true,
    strong: false,
    name: step.name,
    time: elapsed(step, at.now),
    remark: remarkOf(step, at.now),
    words: words.at(-1) ?? '',
  }
  const last = shown.length - 1
  return [node, ...shown.map((text, i): Row => ({ kind: 'words', depth: depth + 1, rank: i === last ? ranks.words : ranks.moreWords + last - i, text }))]
}

function rankOf({ status, pause }: StepView): number {
  if (status === 'running') return pause?.kind === 'decision' ? ranks.asked : ranks.running
  if (status === 'failed' || status === 'errored') return ranks.failed
  return status === 'waiting' ? ranks.waiting : ranks.over
}

function wordsOf(step: StepView, at: At): readonly string[] {
  const transfers = at.progress(step, at.now)
  return [...tailLines(step.tail).filter((line) => line.trim() !== ''), ...transfers]
}

function remarkOf(step: StepView, now: Instant): string {
  const { outcome, pause } = step
  if (pause?.kind === 'decision') return `failed; waiting for a decision, ${humanDuration(pause.until - now)} left`
  if (pause?.kind === 'retry') {
    const left = pause.until - now
    return `failed; try ${pause.attempt} of ${pause.of}${left > 0 ? ` in ${humanDuration(left)}` : ''}`
  }
  if (outcome === undefined) return step.retries > 0 ? `try ${step.retries}` : ''
  if (outcome.kind === 'skipped') return outcome.because
  return outcome.kind === 'passed' ? '' : outcomeText(outcome)
}

function elapsed(o: { readonly startedAt?: Instant; readonly finishedAt?: Instant }, now: Instant): string {
  return o.startedAt === undefined ? '' : humanDuration((o.finishedAt ?? now) - o.startedAt)
}

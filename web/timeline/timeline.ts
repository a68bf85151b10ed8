/** When the steps of a run were at work, as rows and bars along one axis. Pure. */
import type { Instant } from '../../src/base/clock.ts'
import type { RunView } from '../../src/events/run-view.ts'
import type { StepPath } from '../../src/events/step-path.ts'
import { type RunNode, stepsIn } from '../graph/run-tree.ts'
import type { Status } from '../status/status.ts'
import { stepStatus } from '../status/step-status.ts'

export interface TimelineRow {
  readonly key: string
  readonly name: string
  readonly kind: 'stage' | 'step'
  readonly status: Status
  readonly from: Instant
  readonly to: Instant
}

export interface Timeline {
  readonly from: Instant
  readonly to: Instant
  readonly rows: readonly TimelineRow[]
  /** Milliseconds since the beginning at which the axis is marked. */
  readonly ticks: readonly number[]
}

export function timeline(tree: readonly RunNode[], view: RunView, now: Instant): Timeline {
  const from = view.startedAt ?? now
  const end = view.finishedAt ?? now
  const rows = tree.flatMap((node) => rowsOf(node, view, end))
  const to = Math.max(end, from + 1, ...rows.map((row) => row.to))
  return { from, to, rows, ticks: ticksOf(to - from) }
}

function rowsOf(node: RunNode, view: RunView, end: Instant): readonly TimelineRow[] {
  if (node.kind === 'parallel' && node.children.some((child) => child.kind === 'stage')) return node.children.flatMap((child) => rowsOf(child, view, end))
  const steps = stepsIn(node).flatMap(({ key, name }) => {
    const step = view.steps.get(key as StepPath)
    if (step?.startedAt === undefined) return []
    return [{ key, name, kind: 'step', status: stepStatus(step), from: step.startedAt, to: step.finishedAt ?? end } as const]
  })
  const stage = node.kind === 'stage' ? view.stages.get(node.key as StepPath) : undefined
  if (node.kind !== 'stage' || stage?.startedAt === undefined) return steps
  return [{ key: node.key, name: node.name, kind: 'stage', status: stage.status, from: stage.startedAt, to: stage.finishedAt ?? end }, ...steps]
}

const second = 1000
const distances = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400].map(
  (n) => n * second,
)

/** Between four and eight of them, at round moments. */
export function ticksOf(length: number): readonly number[] {
  const distance = distances.find((one) => length / one <= 8) ?? length / 8
  return Array.from({ length: Math.floor(length / distance) + 1 }, (_, i) => i * distance)
}

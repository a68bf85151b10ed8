/** Trials to cells: for each workload and measure what we and each peer took, and how that compares with the goal. */
import { type Measured, median, summary } from '../support/measure.ts'
import { goals, leastSeconds, type Measure, measures, mostMegabytes, mostSize, type WorkloadName, workloadNames } from './goals.ts'
import type { Trial } from './trials.ts'

export interface Taken {
  readonly tool: string
  readonly walls: readonly number[]
  readonly wall: number
  readonly cpu: number
  readonly rss: number
  /** Megabytes; undefined where nothing was pushed. */
  readonly size?: number
}

export interface Cell {
  readonly workload: WorkloadName
  readonly measure: Measure
  /** Undefined: every run failed. */
  readonly ours: Taken | undefined
  /** Fastest first. */
  readonly peers: readonly Taken[]
  readonly goal: number
  /** NaN without a peer. */
  readonly ratio: number
  /** Compressed, to BuildKit's. */
  readonly sizeRatio?: number
  /** What of the goals is missed. */
  readonly missed: readonly ('time' | 'memory' | 'size')[]
}

export function cellsOf(trials: readonly Trial[]): readonly Cell[] {
  return workloadNames.flatMap((workload) =>
    measures.flatMap((measure) => {
      const own = trials.filter((trial) => trial.wl === workload && trial.m === measure)
      return own.length === 0 ? [] : [cellOf(workload, measure, own)]
    }),
  )
}

function cellOf(workload: WorkloadName, measure: Measure, trials: readonly Trial[]): Cell {
  const tools = [...Map.groupBy(trials, (trial) => trial.tool)].flatMap(([tool, all]) => takenBy(tool, all))
  const ours = tools.find(({ tool }) => tool === 'ours')
  const peers = tools.filter(({ tool }) => tool !== 'ours').sort((a, b) => a.wall - b.wall)
  const goal = goals[workload][measure]
  const ratio = (ours?.wall ?? Number.NaN) / Math.max(peers[0]?.wall ?? Number.NaN, leastSeconds)
  const theirs = peers.find(({ tool }) => tool === 'buildx')?.size
  const sizeRatio = ours?.size === undefined || theirs === undefined ? undefined : ours.size / theirs
  const missed = [
    ...(ratio > goal ? (['time'] as const) : []),
    ...((ours?.rss ?? 0) > mostMegabytes ? (['memory'] as const) : []),
    ...((sizeRatio ?? 0) > mostSize ? (['size'] as const) : []),
  ]
  return { workload, measure, ours, peers, goal, ratio, ...(sizeRatio !== undefined && { sizeRatio }), missed }
}

/** Of failed runs nothing counts. */
function takenBy(tool: string, trials: readonly Trial[]): readonly Taken[] {
  const good = trials.filter((trial) => trial.rc === 0)
  if (good.length === 0) return []
  const of = (pick: (trial: Trial) => number) => median(good.map(pick))
  const sizes = good.flatMap((trial) => trial.mb ?? [])
  const walls = good.map((trial) => trial.wall)
  const size = sizes.length === 0 ? {} : { size: median(sizes) }
  return [{ tool, walls, wall: median(walls), cpu: of((trial) => trial.cpu), rss: Math.max(...good.map((trial) => trial.rss)), ...size }]
}

export function rowsOf(cells: readonly Cell[]): readonly Measured[] {
  return cells.flatMap((cell) => [cell.ours, ...cell.peers].flatMap((taken) => (taken === undefined ? [] : milliseconds(cell, taken))))
}

function milliseconds({ workload, measure }: Cell, { tool, walls }: Taken): Measured {
  return summary(
    `${workload} ${measure}: ${tool}`,
    'ms',
    walls.map((wall) => wall * 1000),
  )
}

export function figuresOf(cells: readonly Cell[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    cells.map((cell) => [`${cell.workload} ${cell.measure} (goal ${cell.goal}${cell.missed.map((what) => `, ${what} missed`).join('')})`, cell.ratio]),
  )
}

/** What builds take on each rung, as rows, ratios to rung 1, and the table of docs/benchmarks.md. */
import type { Machine } from '../support/machine.ts'
import { type Measured, median, summary } from '../support/measure.ts'
import { type Measure, measures, measureTitles, type WorkloadName, workloadNames } from './goals.ts'
import { type BenchRung, benchRungs } from './rung-commands.ts'
import type { Trial } from './trials.ts'

export interface RungCell {
  readonly workload: WorkloadName
  readonly measure: Measure
  readonly taken: ReadonlyMap<BenchRung, { readonly walls: readonly number[]; readonly wall: number; readonly cpu: number; readonly rss: number }>
}

export function rungCells(trials: ReadonlyMap<BenchRung, readonly Trial[]>): readonly RungCell[] {
  return workloadNames.flatMap((workload) =>
    measures.flatMap((measure) => {
      const taken = [...trials].flatMap(([rung, all]) => {
        const own = all.filter(({ wl, m }) => wl === workload && m === measure)
        const walls = own.map(({ wall }) => wall)
        return own.length === 0
          ? []
          : [[rung, { walls, wall: median(walls), cpu: median(own.map(({ cpu }) => cpu)), rss: Math.max(...own.map(({ rss }) => rss)) }] as const]
      })
      return taken.length === 0 ? [] : [{ workload, measure, taken: new Map(taken) }]
    }),
  )
}

export function rungRows(cells: readonly RungCell[]): readonly Measured[] {
  return cells.flatMap(({ workload, measure, taken }) =>
    [...taken].map(([rung, { walls }]) =>
      summary(
        `${workload} ${measure}: rung ${rung}`,
        'ms',
        walls.map((wall) => wall * 1000),
      ),
    ),
  )
}

export function rungFigures(cells: readonly RungCell[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    cells.flatMap((cell) => benchRungs.slice(1).map((rung) => [`${cell.workload} ${cell.measure}, rung ${rung} to rung 1`, ratio(cell, rung)])),
  )
}

function ratio({ taken }: RungCell, rung: BenchRung): number {
  return (taken.get(rung)?.wall ?? Number.NaN) / (taken.get(1)?.wall ?? Number.NaN)
}

export function rungTable(cells: readonly RungCell[], { cores, memoryGB, processor, system, node }: Machine): string {
  const all = (pick: (rung: BenchRung) => string) => benchRungs.map(pick).join(' | ')
  const rows = cells.map((cell) => {
    const { workload, measure, taken } = cell
    const walls = all((rung) => `${taken.get(rung)?.wall.toFixed(2) ?? 'nothing'} s`)
    const cpu = benchRungs.map((rung) => taken.get(rung)?.cpu.toFixed(1)).join(', ')
    const rss = benchRungs.map((rung) => taken.get(rung)?.rss).join(', ')
    return `| ${workload} | ${measureTitles[measure]} | ${walls} | ${ratio(cell, 3).toFixed(2)} | ${ratio(cell, 6).toFixed(2)} | ${cpu} | ${rss} | ${taken.get(1)?.walls.length ?? 0} |`
  })
  return [
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}. Medians of as many rounds as the last column says, rungs in turn; memory is the largest seen.`,
    '',
    `| workload | | ${all((rung) => `rung ${rung}`)} | 3 to 1 | 6 to 1 | CPU s | MB of memory | rounds |`,
    `|---|---|${'---:|'.repeat(benchRungs.length + 2)}---|---|---:|`,
    ...rows,
    '',
  ].join('\n')
}

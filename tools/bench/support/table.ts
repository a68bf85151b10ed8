/** A result as a table for a terminal. */
import type { BenchResult } from './bench.ts'
import type { Machine } from './machine.ts'

export function table(result: BenchResult, on: Machine): string {
  const rows = [
    ['', 'median', 'least', 'most', 'runs'],
    ...result.rows.map((row) => [row.what, `${row.median.toFixed(1)} ${row.unit}`, row.least.toFixed(1), row.most.toFixed(1), String(row.runs)]),
  ]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const lines = rows.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  const figures = Object.entries(result.figures).map(([name, value]) => `${name}: ${value.toFixed(2)}`)
  return [...lines, ...figures, `on ${on.cores} cores (${on.processor}), ${on.memoryGB} GB, ${on.system}, Node ${on.node}`].join('\n')
}

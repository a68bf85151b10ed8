/** The part of docs/benchmarks.md about the engine: figures beside their goals, and what they were measured on. */
import { loadavg } from 'node:os'
import type { BenchResult } from '../support/bench.ts'
import type { Machine } from '../support/machine.ts'
import { writeBlock } from '../support/page-block.ts'

/** Of figures: at most, or at least, so much. */
export const goals: Readonly<Record<string, { readonly most?: number; readonly least?: number }>> = {
  '1,000 no-op steps to a bare loop, wall time': { most: 3 },
  '1 GB of output, MB per second of processor time': { least: 100 },
  '1 GB of output, peak memory in MB': { most: 250 },
  '100,000 runs, listing in ms': { most: 100 },
}

export function writePage(root: string, result: BenchResult, machine: Machine): void {
  writeBlock(root, 'engine', pageText(result, machine, loadavg()[0] ?? 0))
}

/** `load`: how many programs wanted the processor, on average of the last minute. */
export function pageText({ rows, figures }: BenchResult, { cores, processor, memoryGB, system, node }: Machine, load: number): string {
  return [
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; load at the end ${load.toFixed(1)}.`,
    '',
    '| figure | | goal | |',
    '|---|---:|---:|---|',
    ...Object.entries(figures).map(([name, value]) => `| ${name} | ${value.toFixed(value < 10 ? 2 : 0)} | ${goalText(name)} | ${verdict(name, value)} |`),
    '',
    '| what | median | least | most | runs |',
    '|---|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.what} | ${row.median.toFixed(0)} ${row.unit} | ${row.least.toFixed(0)} | ${row.most.toFixed(0)} | ${row.runs} |`),
    '',
  ].join('\n')
}

function goalText(name: string): string {
  const { most, least } = goals[name] ?? {}
  return most !== undefined ? `at most ${most}` : least !== undefined ? `at least ${least}` : ''
}

function verdict(name: string, value: number): string {
  const { most, least } = goals[name] ?? {}
  if (most === undefined && least === undefined) return ''
  return value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? 0) ? 'met' : 'missed'
}

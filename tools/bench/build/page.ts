/** The part of docs/benchmarks.md about builds: one table of all cells, with machine, versions and commands. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from '../support/machine.ts'
import type { Cell, Taken } from './cells.ts'
import type { Choice } from './choice.ts'
import { measureTitles } from './goals.ts'

export interface About {
  readonly machine: Machine
  readonly versions: readonly string[]
  readonly choice: Choice
}

const begin = '<!-- begin build -->'
const end = '<!-- end build -->'

export function writePage(root: string, cells: readonly Cell[], about: About): void {
  const page = join(root, 'docs/benchmarks.md')
  const text = readFileSync(page, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no place for the table of builds`)
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${tableText(cells, about)}${text.slice(to)}`)
}

export function tableText(cells: readonly Cell[], { machine, versions, choice }: About): string {
  const { cores, memoryGB, processor, system, node } = machine
  const peers = choice.tools.filter((tool) => tool !== 'ours')
  const missed = cells.filter((cell) => cell.missed.length > 0)
  return [
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; ${versions.join('; ')}. Medians of ${choice.runs} where no other number is given, taken in turn; memory is the`,
    'largest seen. `npm run bench build` runs the suite with `slipway build -t REF --push CONTEXT` and `slipway build -t REF --output type=docker,dest=FILE CONTEXT`.',
    '',
    `| workload | | slipway | ${peers.join(' | ')} | ratio | goal | | CPU s | MB of memory | size to BuildKit's |`,
    `|---|---|---:|${peers.map(() => '---:').join('|')}|---:|---:|---|---:|---:|---:|`,
    ...cells.map((cell) => rowText(cell, peers, choice)),
    '',
    `${cells.length - missed.length} of ${cells.length} cells meet their goals.`,
    '',
  ].join('\n')
}

function rowText(cell: Cell, peers: readonly string[], choice: Choice): string {
  const took = (taken: Taken | undefined) =>
    taken === undefined ? 'failed' : `${taken.wall.toFixed(2)} s${taken.walls.length === choice.runs ? '' : ` (n${taken.walls.length})`}`
  const columns = [
    cell.workload,
    measureTitles[cell.measure],
    took(cell.ours),
    ...peers.map((tool) => took(cell.peers.find((peer) => peer.tool === tool))),
    cell.ratio.toFixed(2),
    String(cell.goal),
    cell.missed.length === 0 ? 'met' : `missed: ${cell.missed.join(', ')}`,
    [cell.ours, ...cell.peers.slice(0, 1)].map((taken) => taken?.cpu.toFixed(1)).join(' to '),
    String(cell.ours?.rss ?? ''),
    cell.sizeRatio === undefined ? '' : cell.sizeRatio.toFixed(2),
  ]
  return `| ${columns.join(' | ')} |`
}

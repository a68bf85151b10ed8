/** docs/benchmarks-serve.md: figures beside their goals. */
import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import type { BenchResult } from '../support/bench.ts'
import { machine } from '../support/machine.ts'

const goals: Readonly<Record<string, number>> = {
  'lines that a watcher did not get, or got twice or out of order': 0,
  'a line at a watcher after it was printed, 99 of 100, ms': 1000,
  'list of 100,000 runs, the slowest question, ms': 50,
  'first view, ms': 1000,
}

export function writeServePage(root: string, { rows, figures }: BenchResult): void {
  const { cores, processor, memoryGB, system, node } = machine()
  const text = [
    '# What the server takes',
    '',
    'Written by `npm run bench serve`. The bundle serves on loopback, in a process of its own. 100 watchers stream one run, whose step prints 5,000 lines a second for 20',
    'seconds, each line with its number and the time; the watchers, in one other process, check every line. Then the same server over a history of 100,000 runs of 40',
    'pipelines: questions as the page asks them, over HTTP. *First view*: from the address to the newest runs on the screen, in a Chromium that has kept nothing of the page.',
    '',
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; load at the end ${(loadavg()[0] ?? 0).toFixed(1)}.`,
    '',
    '| figure | | goal | |',
    '|---|---:|---:|---|',
    ...Object.entries(figures).map(([name, value]) => {
      const goal = goals[name]
      return `| ${name} | ${value.toFixed(value < 10 && value !== 0 ? 1 : 0)} | ${goal === undefined ? '' : `at most ${goal}`} | ${goal === undefined ? '' : value <= goal ? 'met' : 'missed'} |`
    }),
    '',
    '| what | median | least | most | runs |',
    '|---|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.what} | ${row.median.toFixed(1)} ${row.unit} | ${row.least.toFixed(1)} | ${row.most.toFixed(1)} | ${row.runs} |`),
    '',
  ]
  writeFileSync(join(root, 'docs', 'benchmarks-serve.md'), text.join('\n'))
}

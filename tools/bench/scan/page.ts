/** docs/benchmarks-scan.md: the figures of the last run, with the machine and how busy it was. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from '../support/bench.ts'
import type { Machine } from '../support/machine.ts'
import type { ScanWorkload } from './workload.ts'

export function writePage(
  root: string,
  { rows, figures }: BenchResult,
  o: { readonly machine: Machine; readonly work: ScanWorkload; readonly load: number; readonly trivy: string },
): void {
  const { cores, memoryGB, processor, system, node } = o.machine
  const lines = [
    '# Scanning, measured',
    '',
    'Written by `npm run bench scan`. Wall time of whole commands on one archive, start-up included: an image with 400 Debian packages and 20,000 files',
    `(${megabytes(o.work.plainBytes)} MB plain, ${megabytes(o.work.packedBytes)} MB compressed) against 100,000 advisories, which each program has in its own form. Warm: each has seen the layers before and`,
    'remembers what is in them. trivy takes the digests that an archive claims for its layers; Slipway reads and hashes the layers each time, and only spares',
    'itself unpacking them. Cold: what was remembered is taken away before each run. The rounds of both programs take turns. The database of trivy is made by',
    'our tests, in its format, with larger pages than its own writer makes; how much that costs it was not measured. The image with 100,000 packages is a list of',
    'dpkg and nothing else; one in ten of its packages has five flaws.',
    '',
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; trivy of ${o.trivy}; load ${o.load.toFixed(1)} at the start.`,
    '',
    '| what | median | least | most | runs |',
    '|---|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.what} | ${row.median.toFixed(0)} ${row.unit} | ${row.least.toFixed(0)} | ${row.most.toFixed(0)} | ${row.runs} |`),
    '',
    '| ratio | |',
    '|---|---:|',
    ...Object.entries(figures).map(([name, value]) => `| ${name} | ${value.toFixed(2)} |`),
    '',
  ]
  writeFileSync(join(root, 'docs/benchmarks-scan.md'), lines.join('\n'))
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}

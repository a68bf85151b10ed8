/** docs/benchmarks-push.md: the figures of the last full run, with the machine and the versions they are from. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from '../support/bench.ts'
import type { Machine } from '../support/machine.ts'
import type { Program } from './programs.ts'

export function writePage(root: string, result: BenchResult, o: { readonly machine: Machine; readonly programs: readonly Program[] }): void {
  writeFileSync(join(root, 'docs/benchmarks-push.md'), pageText(result, o))
}

function pageText({ rows, figures }: BenchResult, o: { readonly machine: Machine; readonly programs: readonly Program[] }): string {
  const { cores, memoryGB, processor, system, node } = o.machine
  return [
    '# Pushing, measured',
    '',
    "Written by `npm run bench push`. Wall time of whole commands, start-up included. Every push goes into fresh registries (Debian's docker-registry,",
    'one process each), gzip throughout. "Own archive": Slipway reads its own archive, the others the same image as `docker save` writes it, since that',
    'is what they have. "To 4": one slipway, or four of the others at once.',
    '',
    "A foreign archive has no compressed layers, so its push is compression first of all. Ours makes blobs of skopeo's size in about as much processor time.",
    'To one registry, into a repository that has no tag yet, each layer is sent while it is compressed, as skopeo does. Where something was pushed before, and to several',
    'registries, a blob is sent when its name is known, so that none is sent that is there already; each layer is compressed once, whatever the number of registries.',
    'Where everything is there already, a copy is mostly start-up, and a Go program starts faster than Node.',
    '',
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; ${o.programs.map(({ name, version }) => `${name} ${version.replace(`${name} `, '')}`).join(', ')}.`,
    '',
    '| what | median | least | most | runs |',
    '|---|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.what} | ${row.median.toFixed(0)} ${row.unit} | ${row.least.toFixed(0)} | ${row.most.toFixed(0)} | ${row.runs} |`),
    '',
    '| ratio | |',
    '|---|---:|',
    ...Object.entries(figures).map(([name, value]) => `| ${name} | ${value.toFixed(2)} |`),
    '',
  ].join('\n')
}

/** docs/benchmarks-flow.md: the figures of the last run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from '../support/bench.ts'
import { machine } from '../support/machine.ts'

export interface FlowFacts {
  readonly contextMB: number
  readonly archiveMB: number
  readonly version: string
  readonly docker: string
}

export function writePage(root: string, { rows, figures }: BenchResult, o: FlowFacts): void {
  const { cores, processor, memoryGB, system, node } = machine()
  const text = [
    '# From a build to four registries, measured',
    '',
    `Written by \`npm run bench flow\`. A context of ${o.contextMB} MB (a runtime, packages, assets, a little code; four COPYs) is built into an archive, and the image pushed to four`,
    "registries (Debian's docker-registry, fresh each time). Slipway: one `slipway run` of a pipeline with a step that builds into an archive and four steps side by side that",
    'push it. The script: `docker buildx build --load`, `docker save`, four times `docker tag`, four times `docker push` at once, on the containerd image store. Both without',
    'any cache; wall time of everything.',
    '',
    `Slipway writes the archive once (${o.archiveMB} MB, layers compressed once) and reads it for each registry; the bench checks that the archive's file was put there once and that all`,
    'registries hold the digest that it names.',
    '',
    `${cores} cores (${processor}), ${memoryGB} GB, ${system}, Node ${node}; slipway ${o.version}, Docker Engine ${o.docker}.`,
    '',
    '| what | median | least | most | runs |',
    '|---|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row.what} | ${row.median.toFixed(1)} ${row.unit} | ${row.least.toFixed(1)} | ${row.most.toFixed(1)} | ${row.runs} |`),
    '',
    ...Object.entries(figures).map(([name, value]) => `${name}: **${value.toFixed(2)}**; the goal is at most 0.5.`),
    '',
  ]
  writeFileSync(join(root, 'docs/benchmarks-flow.md'), text.join('\n'))
}

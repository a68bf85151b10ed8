/** `slipway scan` of an archive beside the real trivy: 400 packages, 20,000 files, 100,000 advisories. */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { realTrivy } from '../../test/support/trivy/trivy.ts'
import { bundle } from '../bundle/bundle.ts'
import type { Command } from './push/programs.ts'
import { timed } from './push/timed.ts'
import { writePage } from './scan/page.ts'
import { makeScanWorkload, type ScanWorkload } from './scan/workload.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { machine } from './support/machine.ts'
import { type Measured, median, summary } from './support/measure.ts'

export const about = 'slipway scan of an archive beside trivy: warm, and with nothing remembered'

interface Candidate {
  readonly name: string
  readonly command: Command
  /** What it remembers of images, to be taken away for a cold run. */
  readonly memory: string
}

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const trivy = realTrivy()
  if (trivy.missing !== undefined) throw new CannotMeasure(trivy.missing)
  const dir = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const work = await makeScanWorkload(dir)
    const { entry } = await bundle(join(dir, 'bundle'))
    const candidates = [ours('slipway', entry, dir, work), theirs(trivy.path, work)]
    const load = loadavg()[0] ?? 0
    const rows: Measured[] = []
    for (const how of ['warm', 'cold'] as const) rows.push(...(await measure(candidates, how, runs)))
    const many = ours('slipway, 100,000 packages', entry, dir, { ...work, archive: work.manyPackages })
    for (const how of ['warm', 'cold'] as const) rows.push(...(await measure([many], how, runs)))
    rows.push(summary('import of the advisories', 'ms', [work.importMs]))
    const of = (what: string) => rows.find((row) => row.what === what)?.median ?? Number.NaN
    const figures = {
      'slipway / trivy, warm': of('slipway, warm') / of('trivy, warm'),
      'slipway / trivy, cold': of('slipway, cold') / of('trivy, cold'),
    }
    writePage(root, { rows, figures }, { machine: machine(), work, load, trivy: trivy.version })
    return { rows, figures }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measure(candidates: readonly Candidate[], how: 'warm' | 'cold', runs: number): Promise<readonly Measured[]> {
  const times = candidates.map((): { ms: number[]; peak: number[] } => ({ ms: [], peak: [] }))
  for (let round = 0; round <= runs; round++) {
    for (const [i, { command, memory }] of candidates.entries()) {
      if (how === 'cold') rmSync(memory, { recursive: true, force: true })
      const { ms, peakMB } = await timed([command])
      if (round === 0) continue
      times[i]?.ms.push(ms)
      times[i]?.peak.push(peakMB)
    }
  }
  return candidates.flatMap(({ name }, i) => [
    summary(`${name}, ${how}`, 'ms', times[i]?.ms ?? []),
    summary(`${name}, ${how}: most memory`, 'MB', [median(times[i]?.peak ?? []), Math.max(...(times[i]?.peak ?? []))]),
  ])
}

function ours(name: string, cli: string, dir: string, { archive, database }: ScanWorkload): Candidate {
  const home = join(dir, 'home')
  const env = { SLIPWAY_HOME: home, NODE_COMPILE_CACHE: join(dir, 'compile-cache'), NO_COLOR: '1' }
  const args = ['--disable-warning=ExperimentalWarning', cli, 'scan', archive, '--scanner', 'osv', '--db', database, '--format', 'json']
  return { name, command: { program: process.execPath, args, env }, memory: join(home, 'scan', 'layers') }
}

function theirs(program: string, { archive, trivyCache }: ScanWorkload): Candidate {
  const args = [
    '--cache-dir',
    trivyCache,
    'image',
    '--quiet',
    '--skip-db-update',
    '--skip-java-db-update',
    '--offline-scan',
    '--scanners',
    'vuln',
    '--format',
    'json',
    '--input',
    archive,
  ]
  return { name: 'trivy', command: { program, args }, memory: join(trivyCache, 'fanal') }
}

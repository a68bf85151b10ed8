/** Reading and planning large pipelines: time per step at two sizes, and the memory of the larger. Each measurement is a process of its own. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { forNode } from '../bundle/bundle.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { largePipeline, stepsPerStage } from './support/large-pipeline.ts'
import { type Measured, summary } from './support/measure.ts'
import type { PlanFigures } from './support/plan-once.ts'

export const about = 'reading and planning 1,000 and 10,000 steps: time per step, and peak memory'

const sizes = [100, 1000] as const

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-plan-'))
  try {
    // Bundled, as users run it: reading TypeScript takes memory too.
    const script = join(dir, 'plan-once.mjs')
    await build({ ...forNode, entryPoints: [join(root, 'tools/bench/support/plan-once.ts')], outfile: script })
    const files = sizes.map((stages) => ({ stages, file: join(dir, `${stages}-stages.yaml`), found: [] as PlanFigures[] }))
    for (const { stages, file } of files) writeFileSync(file, largePipeline(stages))
    // In turn, so that a slow minute of the machine hits both.
    for (let round = 0; round < Math.min(runs, 5); round++) for (const { file, found } of files) found.push(planOnce(script, file))
    const [small = [], large = []] = files.map(({ stages, found }) => rowsOf(stages, found))
    return { rows: [...small, ...large], figures: { 'time per step, large to small': (large[0]?.median ?? Number.NaN) / (small[0]?.median ?? Number.NaN) } }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function planOnce(script: string, file: string): PlanFigures {
  const child = spawnSync(process.execPath, [script, file], { encoding: 'utf8' })
  if (child.status !== 0) throw new CannotMeasure(`planning ${file} ended with ${child.status}:\n${child.stderr}`)
  return JSON.parse(child.stdout) as PlanFigures
}

function rowsOf(stages: number, found: readonly PlanFigures[]): readonly Measured[] {
  const steps = stages * stepsPerStage
  const perStep = (ms: (figures: PlanFigures) => number): readonly number[] => found.map((figures) => (ms(figures) * 1000) / steps)
  return [
    summary(
      `${steps} steps, read and plan, per step`,
      'us',
      perStep((f) => f.readMs + f.planMs),
    ),
    summary(
      `${steps} steps, read, per step`,
      'us',
      perStep((f) => f.readMs),
    ),
    summary(
      `${steps} steps, plan, per step`,
      'us',
      perStep((f) => f.planMs),
    ),
    summary(
      `${steps} steps, peak memory`,
      'MB',
      found.map((f) => f.peakMB),
    ),
  ]
}

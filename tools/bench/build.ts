/** Builds beside BuildKit and buildah: seven workloads, cold, unchanged, one file changed, to an archive; time, processor, memory, size. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle/bundle.ts'
import { type Cell, cellsOf, figuresOf, rowsOf } from './build/cells.ts'
import { type Choice, callsOf, choiceFrom } from './build/choice.ts'
import { modernDocker } from './build/modern-docker.ts'
import { writePage } from './build/page.ts'
import { peerVersions } from './build/peers.ts'
import { ourCommands, withStage } from './build/stage.ts'
import { readTrials } from './build/trials.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { machine } from './support/machine.ts'

export const about = 'builds beside BuildKit and buildah; SLIPWAY_BENCH_{WORKLOADS,MEASURES,TOOLS,ROUNDS} for less, SLIPWAY_BENCH_WORK for another folder'

/** A round of everything takes minutes. */
const mostRuns = 5

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const choice = choiceFrom(process.env, { root, runs: Math.min(runs, mostRuns) })
  if (process.getuid?.() !== 0) throw new CannotMeasure('the peers need root for RUN')
  if (!existsSync(join(choice.suite, 'run.mjs'))) throw new CannotMeasure(`${choice.suite} has no run.mjs: SLIPWAY_BENCH_SUITE says where the workloads are`)
  const dir = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const { entry } = await bundle(join(dir, 'bundle'))
    const docker = modernDocker(choice)
    const commands = ourCommands({ entry, work: choice.work })
    const results = join(dir, 'results.jsonl')
    const versions = await withStage(choice, docker, (env) => {
      measure(choice, { ...env, ...commands, OUT: results })
      return peerVersions(choice, env)
    })
    const cells = cellsOf(readTrials(readFileSync(results, 'utf8')))
    failOnBroken(cells)
    if (choice.whole) writePage(root, cells, { machine: machine(), versions, choice })
    return { rows: rowsOf(cells), figures: figuresOf(cells) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The suite runs as it is: it knows nothing of us but three command lines. */
function measure(choice: Choice, env: NodeJS.ProcessEnv): void {
  for (const { tools, workloads, runs } of callsOf(choice)) {
    const done = spawnSync(process.execPath, [join(choice.suite, 'run.mjs')], {
      env: { ...env, TOOLS: tools.join(','), WORKLOADS: workloads.join(','), MEASURES: choice.measures.join(','), REPS: String(runs) },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (done.status !== 0) throw new CannotMeasure(`run.mjs ended with ${done.status ?? done.signal}`)
  }
}

/** A peer may fail; that is said in the table. We may not. */
function failOnBroken(cells: readonly Cell[]): void {
  const broken = cells.filter(({ ours }) => ours === undefined).map(({ workload, measure: what }) => `${workload} ${what}`)
  if (broken.length > 0) throw new CannotMeasure(`slipway failed: ${broken.join(', ')}`)
}

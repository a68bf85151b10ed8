/** The builder on rungs 1, 3 and 6 of its sandbox, one beside the other: the workloads and measures of `bench build`, without its peers. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { bundle } from '../bundle/bundle.ts'
import { callsOf, choiceFrom } from './build/choice.ts'
import { measures, workloadNames } from './build/goals.ts'
import { modernDocker } from './build/modern-docker.ts'
import { type BenchRung, benchRungs, rungCommands } from './build/rung-commands.ts'
import { rungCells, rungFigures, rungRows, rungTable } from './build/rung-table.ts'
import { withStage } from './build/stage.ts'
import { readTrials, type Trial } from './build/trials.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { machine } from './support/machine.ts'
import { writeBlock } from './support/page-block.ts'

export const about = 'builds on rungs 1, 3 and 6: as root, as an ordinary user, with the rights of a container; the variables of `build` for less'

/** A round of everything takes minutes. */
const mostRuns = 3

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const choice = choiceFrom({ ...process.env, SLIPWAY_BENCH_TOOLS: 'ours' }, { root, runs: Math.min(runs, mostRuns) })
  if (process.getuid?.() !== 0) throw new CannotMeasure('only root can become the others')
  if (!existsSync(join(choice.suite, 'run.mjs'))) throw new CannotMeasure(`${choice.suite} has no run.mjs: SLIPWAY_BENCH_SUITE says where the workloads are`)
  const dir = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  // Somebody else comes through.
  for (const folder of [tmpdir(), dir]) chmodSync(folder, 0o711)
  try {
    const { entry } = await bundle(join(dir, 'bundle'))
    const out = (rung: BenchRung) => join(dir, `rung-${rung}.jsonl`)
    await withStage(choice, modernDocker(choice), (env) => {
      const commands = new Map(benchRungs.map((rung) => [rung, rungCommands(rung, { entry, work: choice.work })] as const))
      for (const { workloads, runs: rounds } of callsOf(choice)) {
        for (const workload of workloads) {
          for (let round = 0; round < rounds; round++) {
            for (const [rung, own] of commands) {
              const told = { ...env, ...own, OUT: out(rung), TOOLS: 'ours', WORKLOADS: workload, MEASURES: choice.measures.join(','), REPS: '1' }
              const done = spawnSync(process.execPath, [join(choice.suite, 'run.mjs')], { env: told, stdio: ['ignore', 'ignore', 'inherit'] })
              if (done.status !== 0) throw new CannotMeasure(`run.mjs ended with ${done.status ?? done.signal}`)
              failOnBroken(readTrials(readFileSync(out(rung), 'utf8')), rung, choice.work)
            }
          }
        }
      }
    })
    const cells = rungCells(new Map(benchRungs.map((rung) => [rung, readTrials(readFileSync(out(rung), 'utf8'))])))
    const whole = choice.workloads.length === workloadNames.length && choice.measures.length === measures.length
    if (whole) writeBlock(root, 'rungs', rungTable(cells, machine()))
    return { rows: rungRows(cells), figures: rungFigures(cells) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** At once, with what it said: the next round would be as broken. */
function failOnBroken(trials: readonly Trial[], rung: BenchRung, work: string): void {
  const last = trials.find(({ rc }) => rc !== 0)
  if (last === undefined) return
  const said = existsSync(join(work, 'last.log')) ? readFileSync(join(work, 'last.log'), 'utf8').slice(-2000) : ''
  throw new CannotMeasure(`slipway failed on rung ${rung}: ${last.wl} ${last.m}:\n${said}`)
}

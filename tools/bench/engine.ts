/** The engine: many small steps beside a bare loop, a step that prints 1 GB, many steps at once, a long history. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle/bundle.ts'
import { type Command, type Cost, costOf } from './engine/cost.ts'
import { timeListing, writeManyRuns } from './engine/many-runs.ts'
import { writePage } from './engine/page.ts'
import { benchSecret, floodBytes, noopSteps, parallelSteps, writePipelines } from './engine/workloads.ts'
import type { BenchContext, BenchResult } from './support/bench.ts'
import { machine } from './support/machine.ts'
import { type Measured, median, summary } from './support/measure.ts'

export const about = '1,000 no-op steps beside a bare loop, 1 GB of output, 200 steps at once, a history of 100,000 runs'

/** A round takes half a minute. */
const mostRuns = 5

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-engine-'))
  try {
    const { entry } = await bundle(join(dir, 'bundle'))
    writePipelines(dir)
    const rounds = await takeRounds(dir, entry, Math.min(runs, mostRuns))
    const listed = await listings(dir, runs)
    const result = { rows: [...rowsOf(rounds), listed], figures: { ...figuresOf(rounds), '100,000 runs, listing in ms': listed.median } }
    writePage(root, result, machine())
    return result
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

type Name = 'bare' | 'noop' | 'flood' | 'parallel'
type Rounds = Readonly<Record<Name, readonly Cost[]>>

/** In turn, so that a slow minute of the machine hits all; each run has a data folder of its own. */
async function takeRounds(dir: string, entry: string, count: number): Promise<Rounds> {
  const home = join(dir, 'home')
  const slipway = (name: string): Command => ({
    args: [entry, 'run', `${name}.yaml`, '--on', 'local', '--output', 'plain'],
    cwd: dir,
    env: { ...benchSecret, SLIPWAY_HOME: home },
  })
  const commands: Readonly<Record<Name, Command>> = {
    bare: { args: ['bare.mjs'], cwd: dir },
    noop: slipway('noop'),
    flood: slipway('flood'),
    parallel: slipway('parallel'),
  }
  const rounds: Record<Name, Cost[]> = { bare: [], noop: [], flood: [], parallel: [] }
  for (let round = 0; round < count; round++) {
    for (const name of Object.keys(commands) as Name[]) {
      rmSync(home, { recursive: true, force: true })
      rounds[name].push(await costOf(commands[name]))
    }
  }
  rmSync(home, { recursive: true, force: true })
  return rounds
}

async function listings(dir: string, runs: number): Promise<Measured> {
  const home = join(dir, 'long')
  mkdirSync(home)
  await writeManyRuns(home)
  const times: number[] = []
  for (let i = 0; i < runs; i++) times.push(await timeListing(home))
  return summary('history of 100,000 runs: open it, list 50', 'ms', times)
}

const titles: Readonly<Record<Name, string>> = {
  bare: `bare loop of ${noopSteps} sh -c true`,
  noop: `${noopSteps} no-op steps`,
  flood: '1 GB of output',
  parallel: `${parallelSteps} steps of a second at once`,
}

function rowsOf(rounds: Rounds): readonly Measured[] {
  return (Object.keys(titles) as Name[]).flatMap((name) => [
    summary(
      `${titles[name]}: wall time`,
      'ms',
      rounds[name].map(({ ms }) => ms),
    ),
    summary(
      `${titles[name]}: processor time`,
      'ms',
      rounds[name].map(({ cpuMs }) => cpuMs),
    ),
    summary(
      `${titles[name]}: peak memory`,
      'MB',
      rounds[name].map(({ peakMB }) => peakMB),
    ),
  ])
}

function figuresOf(rounds: Rounds): Readonly<Record<string, number>> {
  const middle = (name: Name, of: (cost: Cost) => number): number => median(rounds[name].map(of))
  return {
    '1,000 no-op steps to a bare loop, wall time': middle('noop', ({ ms }) => ms) / middle('bare', ({ ms }) => ms),
    '1,000 no-op steps to a bare loop, processor time': middle('noop', ({ cpuMs }) => cpuMs) / middle('bare', ({ cpuMs }) => cpuMs),
    '1 GB of output, MB per second of processor time': floodBytes / 1000 / middle('flood', ({ cpuMs }) => cpuMs),
    '1 GB of output, peak memory in MB': middle('flood', ({ peakMB }) => peakMB),
  }
}

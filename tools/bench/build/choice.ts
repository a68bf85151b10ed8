/** What of the bench is to run, and where: read from the environment once. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { CannotMeasure } from '../support/bench.ts'
import { type Measure, measures, type WorkloadName, workloadNames } from './goals.ts'

export interface Choice {
  /** Folder of run.mjs, setup.sh and the workloads. */
  readonly suite: string
  /** Registries, base images, contexts: some gigabytes, outside of the repository. */
  readonly work: string
  readonly port: number
  readonly workloads: readonly WorkloadName[]
  readonly measures: readonly Measure[]
  /** As run.mjs calls them. */
  readonly tools: readonly string[]
  readonly runs: number
  /** Fewer or more for single workloads (in turn with all tools) or tools (by themselves, for all workloads). */
  readonly rounds: ReadonlyMap<string, number>
  /** Everything is measured, so the page may be written. */
  readonly whole: boolean
}

const usualTools = ['buildx', 'buildah', 'ours']

export function choiceFrom(env: Readonly<Record<string, string | undefined>>, o: { readonly root: string; readonly runs: number }): Choice {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const workloads = listed(env, 'WORKLOADS', workloadNames)
  const chosen = listed(env, 'MEASURES', measures)
  const tools = env['SLIPWAY_BENCH_TOOLS']?.split(',') ?? usualTools
  return {
    suite: resolve(env['SLIPWAY_BENCH_SUITE'] ?? join(o.root, '../shared/bench')),
    work: resolve(env['SLIPWAY_BENCH_WORK'] ?? join(cache, 'slipway', 'bench-build')),
    port: Number(env['SLIPWAY_BENCH_PORT'] ?? 5600),
    workloads,
    measures: chosen,
    tools,
    runs: o.runs,
    rounds: roundsOf(env['SLIPWAY_BENCH_ROUNDS'] ?? '', tools),
    whole: workloads.length === workloadNames.length && chosen.length === measures.length && usualTools.every((tool) => tools.includes(tool)),
  }
}

/** `w5=3,buildah=1`. */
function roundsOf(text: string, tools: readonly string[]): ReadonlyMap<string, number> {
  const pairs = text.split(',').filter((part) => part !== '')
  return new Map(
    pairs.map((pair) => {
      const [name = '', count = ''] = pair.split('=')
      const known = tools.find((tool) => tool === name) ?? workloadNames.find((one) => one === name || one.startsWith(`${name}-`))
      if (known === undefined || !/^[1-9]\d*$/.test(count))
        throw new CannotMeasure(`SLIPWAY_BENCH_ROUNDS: "${pair}" is no workload or tool with a number of rounds`)
      return [known, Number(count)]
    }),
  )
}

export interface Call {
  readonly tools: readonly string[]
  readonly workloads: readonly WorkloadName[]
  readonly runs: number
}

/** Tools take turns within a call. */
export function callsOf({ tools, workloads, runs, rounds }: Choice): readonly Call[] {
  const together = tools.filter((tool) => !rounds.has(tool))
  const groups = [...Map.groupBy(workloads, (workload) => rounds.get(workload) ?? runs)]
  const alone = tools.filter((tool) => rounds.has(tool))
  return [
    ...groups.map(([count, some]) => ({ tools: together, workloads: some, runs: count })),
    ...alone.map((tool) => ({ tools: [tool], workloads, runs: rounds.get(tool) ?? runs })),
  ]
}

function listed<T extends string>(env: Readonly<Record<string, string | undefined>>, what: string, all: readonly T[]): readonly T[] {
  const given = env[`SLIPWAY_BENCH_${what}`]
  if (given === undefined) return all
  return given.split(',').map((name) => {
    const found = all.find((one) => one === name || one.startsWith(`${name}-`))
    if (found === undefined) throw new CannotMeasure(`SLIPWAY_BENCH_${what}: there is no ${name}; there are ${all.join(', ')}`)
    return found
  })
}

/** Push and copy beside skopeo (and crane where it is installed): own and foreign archives, one registry and four, memory for a big layer. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DockerRegistry } from '../../test/real/support/docker-registry.ts'
import { bundle } from '../bundle/bundle.ts'
import { writePage } from './push/page.ts'
import { crane, needed, type Program, skopeo, slipway } from './push/programs.ts'
import { layerBytes, withRegistries } from './push/registries.ts'
import { measureInTurn, type Trial } from './push/rounds.ts'
import { timed } from './push/timed.ts'
import { makeBigLayer, makeWorkload, type Workload } from './push/workload.ts'
import type { BenchContext, BenchResult } from './support/bench.ts'
import { machine } from './support/machine.ts'
import { type Measured, summary } from './support/measure.ts'

export const about = 'push and copy beside skopeo; SLIPWAY_BENCH_MB=8192 for a bigger big layer, SLIPWAY_BENCH_WORKLOADS=app (or none) for less'

/** A round takes a minute: more than this many say nothing more. */
const mostRuns = 3

interface Setting {
  readonly dir: string
  readonly registry: string
  readonly programs: readonly Program[]
  readonly runs: number
}

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  try {
    const registry = needed('docker-registry')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const ours = slipway({ cli: (await bundle(join(dir, 'bundle'))).entry, dir, version })
    const rival = crane()
    const setting: Setting = { dir, registry, programs: [ours, skopeo(), ...(rival === undefined ? [] : [rival])], runs: Math.min(runs, mostRuns) }
    const rows: Measured[] = []
    const figures: Record<string, number> = {}
    for (const name of (process.env['SLIPWAY_BENCH_WORKLOADS'] ?? 'app,large').split(',').filter((each) => each !== 'none')) {
      const work = await makeWorkload(name, { root, dir })
      const found = await measureWorkload(work, setting)
      rows.push(...found.rows)
      Object.assign(figures, found.figures)
    }
    const big = await measureMemory(Number(process.env['SLIPWAY_BENCH_MB'] ?? 2048), ours, setting)
    rows.push(...big)
    const result = { rows, figures }
    // Part of the workloads is for whoever works on the code, not for the page.
    if (process.env['SLIPWAY_BENCH_WORKLOADS'] === undefined) writePage(root, result, { machine: machine(), programs: setting.programs })
    return result
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function measureWorkload(work: Workload, o: Setting): Promise<BenchResult> {
  const rows: Measured[] = []
  const figures: Record<string, number> = {}
  const label = `${work.name} (${Math.round(work.plainBytes / 1e6)} MB)`
  for (const form of ['own', 'foreign'] as const) {
    for (const count of [1, 4]) {
      const what = `${label}, ${form} archive to ${count}`
      const trials = o.programs.map((program) => pushTrial(program, work, { form, count, ...o }))
      rows.push(...judged(what, await measureInTurn(trials, o.runs), figures))
    }
  }
  for (const place of ['another repository', 'another registry that has all blobs'] as const) {
    const trials = o.programs.map((program) => copyTrial(program, work, { place, ...o }))
    rows.push(...judged(`${label}, copy to ${place}`, await measureInTurn(trials, o.runs), figures))
  }
  figures[`${work.name}: compressed size, slipway to skopeo`] = await sizeRatio(work, o)
  return { rows, figures }
}

/** Rows for people, and the ratio of the first candidate to each other one. */
function judged(what: string, times: ReadonlyMap<string, readonly number[]>, figures: Record<string, number>): readonly Measured[] {
  const rows = [...times].map(([name, values]) => summary(`${what}: ${name}`, 'ms', values))
  const [first, ...others] = rows
  for (const other of others) figures[`${what}, ratio to ${other.what.split(': ').at(-1)}`] = (first?.median ?? Number.NaN) / other.median
  return rows
}

const repository = 'bench/push'

function pushTrial(program: Program, work: Workload, o: Setting & { readonly form: 'own' | 'foreign'; readonly count: number }): Trial {
  return {
    name: program.name,
    time: () =>
      withRegistries(o.registry, o.count, async (registries) => {
        rmSync(join(o.dir, 'home'), { recursive: true, force: true })
        return (
          await timed(
            program.push(
              work,
              registries.map(({ host }) => `${host}/${repository}:1`),
              o.form,
            ),
          )
        ).ms
      }),
  }
}

function copyTrial(program: Program, work: Workload, o: Setting & { readonly place: 'another repository' | 'another registry that has all blobs' }): Trial {
  const [seeder] = o.programs
  const seed = async (registries: readonly DockerRegistry[]) => {
    await timed(
      seeder?.push(
        work,
        registries.map(({ host }) => `${host}/${repository}:1`),
        'own',
      ) ?? [],
    )
    const [from, to] = registries.map(({ host }) => host)
    return { from: `${from}/${repository}:1`, to: o.place === 'another repository' ? `${from}/bench/copied:1` : `${to}/${repository}:copied` }
  }
  return {
    name: program.name,
    time: () =>
      withRegistries(o.registry, 2, async (registries) => {
        const { from, to } = await seed(registries)
        return (await timed([program.copy(from, to)])).ms
      }),
  }
}

async function sizeRatio(work: Workload, o: Setting): Promise<number> {
  const sizes: number[] = []
  for (const program of o.programs.slice(0, 2)) {
    await withRegistries(o.registry, 1, async ([only]) => {
      const host = only?.host ?? ''
      await timed(program.push(work, [`${host}/${repository}:1`], 'foreign'))
      sizes.push(await layerBytes(host, repository, '1'))
    })
  }
  return (sizes[0] ?? Number.NaN) / (sizes[1] ?? Number.NaN)
}

async function measureMemory(megabytes: number, ours: Program, o: Setting): Promise<readonly Measured[]> {
  const work = await makeBigLayer(megabytes, o)
  const rows: Measured[] = []
  for (const form of ['foreign', 'own'] as const) {
    const { peakMB, ms } = await withRegistries(o.registry, 1, ([only]) => timed(ours.push(work, [`${only?.host}/${repository}:1`], form)))
    rows.push(summary(`${work.about}, ${form} archive: peak memory`, 'MB', [peakMB]), summary(`${work.about}, ${form} archive: time`, 'ms', [ms]))
  }
  return rows
}

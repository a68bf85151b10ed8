/** Build, archive, push to four registries: one pipeline beside the script of docker commands that a user would write. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type ChrootedDocker, dockerRoot, startChrootedDocker } from '../../test/real/support/chrooted-docker.ts'
import { bundle } from '../bundle/bundle.ts'
import { makeContext } from './flow/context.ts'
import { dockerFlow, forget } from './flow/docker-script.ts'
import { oneDigest } from './flow/one-digest.ts'
import { writePage } from './flow/page.ts'
import { writeProject } from './flow/pipeline.ts'
import { needed } from './push/programs.ts'
import { withRegistries } from './push/registries.ts'
import { measureInTurn } from './push/rounds.ts'
import { timed } from './push/timed.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { summary } from './support/measure.ts'

export const about = 'build, archive, push to four registries, beside a script of docker commands; needs root'

/** A round takes a minute. */
const mostRuns = 5
const registryCount = 4

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const engine = dockerRoot()
  if (engine.folder === undefined) throw new CannotMeasure(engine.missing)
  const dir = mkdtempSync(join(tmpdir(), 'flow-'))
  const docker = await startChrootedDocker(engine.folder, { mirror: 'http://127.0.0.1:1' })
  try {
    const context = makeContext(root, join(docker.shared, 'context'))
    const { entry } = await bundle(join(dir, 'bundle'))
    const registry = needed('docker-registry')
    const sizes = { archive: 0 }
    const ours = async (): Promise<number> => withRegistries(registry, registryCount, (all) => slipwayOnce(all.map(hostOf), { dir, context, entry, sizes }))
    const theirs = async (): Promise<number> => withRegistries(registry, registryCount, (all) => dockerOnce(docker, { context, registries: all.map(hostOf) }))
    const trials = [
      { name: 'slipway', time: ours },
      { name: 'docker', time: theirs },
    ]
    const times = await measureInTurn(trials, Math.min(runs, mostRuns))
    const rows = [...times].map(([name, values]) =>
      summary(
        name,
        's',
        values.map((ms) => ms / 1000),
      ),
    )
    const result = { rows, figures: { 'ratio of slipway to docker': (rows[0]?.median ?? Number.NaN) / (rows[1]?.median ?? Number.NaN) } }
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    writePage(root, result, { contextMB: sizeOf(context), archiveMB: Math.round(sizes.archive / 1e6), version, docker: docker.version })
    return result
  } finally {
    await docker.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

const hostOf = ({ host }: { readonly host: string }): string => host

interface Ours {
  readonly dir: string
  readonly context: string
  readonly entry: string
  readonly sizes: { archive: number }
}

async function slipwayOnce(registries: readonly string[], { dir, context, entry, sizes }: Ours): Promise<number> {
  const work = join(dir, 'work')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work)
  const { folder, pipeline, archive } = writeProject(join(work, 'project'), { context, registries })
  const env = { SLIPWAY_HOME: join(work, 'home'), XDG_CACHE_HOME: join(work, 'cache'), NODE_COMPILE_CACHE: join(dir, 'compile-cache'), NO_COLOR: '1' }
  const args = ['--disable-warning=ExperimentalWarning', entry, 'run', pipeline]
  const seen: string[] = []
  const watcher = watch(folder, (event, name) => void (name === basename(archive) && seen.push(event)))
  const { ms } = await timed([{ program: process.execPath, args, env, cwd: folder }])
  watcher.close()
  // It is put there whole.
  if (seen.join() !== 'rename') throw new CannotMeasure(`the archive was not written once: ${seen.join(', ')}`)
  sizes.archive = statSync(archive).size
  await oneDigest(archive, registries)
  return ms
}

async function dockerOnce(docker: ChrootedDocker, o: { readonly context: string; readonly registries: readonly string[] }): Promise<number> {
  await forget(docker)
  spawnSync('sync')
  const started = performance.now()
  await dockerFlow(docker, o)
  return performance.now() - started
}

function sizeOf(folder: string): number {
  const said = spawnSync('du', ['-sm', '--apparent-size', folder], { encoding: 'utf8' }).stdout
  return Number(said.split('\t')[0])
}

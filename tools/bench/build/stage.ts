/** The stage on which builders meet: registry, daemon, base images and contexts by the suite's own setup.sh, and nothing left of it. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { needed } from '../push/programs.ts'
import { CannotMeasure } from '../support/bench.ts'
import type { Choice } from './choice.ts'
import { removeGroups } from './control-groups.ts'
import type { ModernDocker } from './modern-docker.ts'

/** The three command lines that run.mjs wants to know of one more tool. */
export function ourCommands({ entry, work }: { readonly entry: string; readonly work: string }): Readonly<Record<string, string>> {
  const home = join(work, 'ours-home')
  const start = `env SLIPWAY_HOME=${home} XDG_CACHE_HOME=${join(work, 'ours-cache')} ${process.execPath} ${entry} build -t {ref}`
  return { OURS: `${start} --push {ctx}`, OURS_TAR: `${start} --output type=docker,dest={tar} {ctx}`, OURS_RESET: `rm -rf ${home}` }
}

/** What takes long to make and never changes is kept for the next time. */
const kept: ReadonlySet<string> = new Set(['rootfs-debian', 'rootfs-wide', 'debian-trixie', 'bin', 'docker-config'])

export async function withStage<T>(choice: Choice, docker: ModernDocker, use: (env: NodeJS.ProcessEnv) => T): Promise<T> {
  const { work, suite, port, workloads } = choice
  for (const program of ['docker-registry', 'debootstrap', 'perl', 'runc', 'busybox', ...(choice.tools.includes('buildah') ? ['buildah'] : [])]) needed(program)
  mkdirSync(work, { recursive: true })
  const path = `${docker.programs}:${process.env['PATH']}:/usr/sbin:/sbin`
  const env = { ...process.env, PATH: path, WORK: work, PORT0: String(port), DOCKERD: '0', BUILDKITD: '0', WORKLOADS: workloads.join(' ') }
  const setup = (what: string) => {
    const done = spawnSync('bash', [join(suite, 'setup.sh'), what], { env, encoding: 'utf8' })
    if (done.status !== 0) throw new CannotMeasure(`setup.sh ${what} ended with ${done.status}:\n${`${done.stdout}${done.stderr}`.slice(-2000)}`)
  }
  clear(work)
  try {
    await docker.start()
    for (const what of ['up', 'base', 'contexts']) setup(what)
    return use(env)
  } finally {
    await docker.stop()
    setup('down')
    clear(work)
    for (const group of removeGroups()) process.stderr.write(`bench: left in a control group: ${group}\n`)
  }
}

/** buildah leaves its mounts; what is mounted cannot be removed. */
function clear(work: string): void {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((place) => place.startsWith(`${work}/`))
  for (const place of mounts.toReversed()) spawnSync('umount', ['-l', place])
  for (const name of readdirSync(work)) if (!kept.has(name)) rmSync(join(work, name), { recursive: true, force: true, maxRetries: 3 })
}

/**
 * The Docker Engine with the newest BuildKit that Debian's stable release has, beside an older system: a root file system of its own in
 * the bench's folder. The client and its buildx run as they are; the daemon needs the root around it.
 */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { needed } from '../push/programs.ts'
import { CannotMeasure } from '../support/bench.ts'
import type { Choice } from './choice.ts'
import { groupFolder } from './control-groups.ts'

export interface ModernDocker {
  /** A folder for PATH with `docker` in it. */
  readonly programs: string
  start(): Promise<void>
  stop(): Promise<void>
}

const packages = 'ca-certificates,docker.io,docker-cli,docker-buildx,iptables'

export function modernDocker({ work }: Choice): ModernDocker {
  const root = debianRoot(work)
  const programs = clientOf(root, work)
  const socket = join(work, 'docker.sock')
  const pidFile = join(work, 'dockerd-own.pid')
  return {
    programs,
    start: async () => {
      mkdirSync(groupFolder('dockerd'), { recursive: true })
      const log = openSync(join(work, 'dockerd.log'), 'w')
      const args = ['-c', daemonScript, 'sh', groupFolder('dockerd'), root, work, socket, pidFile]
      spawn('sh', args, { stdio: ['ignore', log, log], detached: true }).unref()
      await until(
        () => spawnSync(join(programs, 'docker'), ['-H', `unix://${socket}`, 'info']).status === 0,
        'dockerd did not start',
        join(work, 'dockerd.log'),
      )
    },
    stop: async () => {
      const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
      if (pid > 0) process.kill(pid, 'SIGTERM')
      await until(() => !existsSync(`/proc/${pid}`), 'dockerd did not stop', join(work, 'dockerd.log'))
    },
  }
}

/** In mounts of its own, which go with it. runc wants its root to be a mount. */
const daemonScript = `echo $$ > "$1/cgroup.procs"; exec unshare -m --propagation private sh -ec '
r=$1 w=$2
mount --bind "$r" "$r"; mount -t proc proc "$r/proc"; mount --rbind /sys "$r/sys"; mount --rbind /dev "$r/dev"; mount -t tmpfs tmpfs "$r/run"
mkdir -p "$r$w" "$r/run/lock"; mount --bind "$w" "$r$w"
exec chroot "$r" dockerd -H "unix://$3" --data-root "$w/docker" --exec-root "$w/docker-exec" --pidfile "$4" \\
  --bridge=none --iptables=false --ip-forward=false --cgroup-parent=/bench/dockerd --storage-driver overlay2' "$@"`

/** Made once, in under a minute. */
function debianRoot(work: string): string {
  const root = join(work, 'debian-trixie')
  if (existsSync(join(root, 'usr/sbin/dockerd'))) return root
  const half = `${root}.half`
  rmSync(half, { recursive: true, force: true })
  succeed(spawnSync(needed('debootstrap'), ['--variant=minbase', `--include=${packages}`, 'trixie', half], { encoding: 'utf8' }), 'debootstrap')
  renameSync(half, root)
  return root
}

/** `docker` with its buildx plugin, whatever the machine's own configuration says. */
function clientOf(root: string, work: string): string {
  const [programs, plugins] = [join(work, 'bin'), join(work, 'docker-config', 'cli-plugins')]
  for (const folder of [programs, plugins]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  symlinkSync(join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'), join(plugins, 'docker-buildx'))
  const script = join(programs, 'docker')
  writeFileSync(script, `#!/bin/sh\nDOCKER_CONFIG='${join(work, 'docker-config')}' exec '${join(root, 'usr/bin/docker')}' "$@"\n`)
  chmodSync(script, 0o755)
  return programs
}

function succeed(done: SpawnSyncReturns<string>, what: string): void {
  if (done.status !== 0) throw new CannotMeasure(`${what} ended with ${done.status ?? done.signal}:\n${`${done.stdout}${done.stderr}`.slice(-2000)}`)
}

async function until(ready: () => boolean, otherwise: string, log: string): Promise<void> {
  for (let i = 0; i < 150; i++) {
    if (ready()) return
    await wait(200)
  }
  throw new CannotMeasure(`${otherwise}:\n${readFileSync(log, 'utf8').slice(-2000)}`)
}

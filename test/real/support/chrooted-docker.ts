/**
 * A current Docker Engine in a Debian root of its own, so that the machine's age does not matter: a daemon in a private mount namespace, with its
 * socket, its storage and what it builds in one folder, seen by both sides. Stopped, nothing is left but the Debian root in the test cache; the
 * daemon ends with the test's process, however that ends.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProcess } from '../../support/real-process.ts'
import { type DebianRoot, debianRoot } from './debian-root.ts'
import { diesWithUs, firstInside } from './dies-with-us.ts'
import { type Ran, runProgram } from './run-program.ts'

/** Where the shared folder is for programs of the root. */
export const sharedInside = '/run/shared'
/** Where folders of this machine are, by the names that `given` has for them. */
export const givenInside = '/run/given'

export interface ChrootedDocker {
  /** On the machine; `/run/shared` for the programs of the root, and below /tmp at its own path too. */
  readonly shared: string
  /** As DOCKER_HOST, on the machine. */
  readonly host: string
  readonly version: string
  /** Runs a program of the root, such as `docker`, beside the daemon. */
  run(program: string, args: readonly string[]): Promise<Ran>
  /** The same to be started on the machine: for programs that are talked to. */
  commandOf(command: readonly string[]): readonly string[]
  stop(): Promise<void>
}

/** Debian's newest first: its BuildKit is the current one. */
const suites = ['sid', 'trixie'] as const

/** At module level: the first call may take a minute. */
export function dockerRoot(): DebianRoot {
  const failed: string[] = []
  for (const suite of suites) {
    // Its BuildKit unpacks xz by the program.
    const made = debianRoot(suite, ['ca-certificates', 'docker.io', 'docker-cli', 'docker-buildx', 'git', 'xz-utils'])
    if (made.folder !== undefined) return made
    failed.push(made.missing)
  }
  return { missing: failed.join('; ') }
}

const script = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/run"
mount -t tmpfs tmpfs "$1/tmp"
mkdir "$1${sharedInside}"
mount --bind "$2" "$1${sharedInside}"
# At its own path too, as if the daemon had the files of this machine.
case "$2" in /tmp/*) mkdir -p "$1$2"; mount --bind "$2" "$1$2" ;; esac
mount --bind /etc/resolv.conf "$1/etc/resolv.conf"
root=$1
shift 2
while [ "$1" != -- ]; do
  mkdir -p "$root${givenInside}/$1"
  mount --bind -o ro "$2" "$root${givenInside}/$1"
  shift 2
done
shift
cd "$root"
mkdir run/old
# Not only chroot: a program that enters a container of such a daemon would come out in the old root.
pivot_root . run/old
cd /
umount -l /run/old
exec env -u TMPDIR dockerd "$@"
`

export interface DockerOptions {
  /** A registry on this machine that stands in for Docker Hub. */
  readonly mirror?: string
  /** With its usual network, in a network namespace of its own: then it reaches nothing of this machine, the mirror neither. */
  readonly bridge?: boolean
  /** Images in containerd, unless it says no: the daemon keeps them as it always did then, and its builder writes no archives. */
  readonly containerd?: boolean
  /** Folders of this machine, by names, to read. */
  readonly given?: Readonly<Record<string, string>>
}

export async function startChrootedDocker(root: string, o: DockerOptions): Promise<ChrootedDocker> {
  const shared = mkdtempSync(join(tmpdir(), 'slipway-docker-'))
  chmodSync(shared, 0o711)
  const socket = join(shared, 'docker.sock')
  writeFileSync(
    join(shared, 'daemon.json'),
    JSON.stringify({ features: { 'containerd-snapshotter': o.containerd ?? true }, ...(o.mirror !== undefined && { 'registry-mirrors': [o.mirror] }) }),
  )
  mkdirSync(join(shared, 'home'))
  const inside = (name: string): string => `${sharedInside}/${name}`
  const places = ['--config-file', inside('daemon.json'), '-H', `unix://${inside('docker.sock')}`, '--pidfile', inside('pid')]
  const storage = ['--data-root', inside('data'), '--exec-root', inside('exec')]
  const network = o.bridge === true ? [] : ['--bridge=none']
  const quiet = ['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--log-level=error']
  const given = [...Object.entries(o.given ?? {}).flat(), '--']
  const args = ['-c', script, 'sh', root, shared, ...given, ...places, ...storage, ...network, ...quiet]
  const started = diesWithUs('sh', args, ['--mount', ...(o.bridge === true ? ['--net'] : [])])
  const running = await startProcess({ ...started, ready: () => answers(socket), readyWithinMs: 60_000 })
  const commandOf = (command: readonly string[]): readonly string[] => {
    const env = ['env', `HOME=${inside('home')}`, `DOCKER_HOST=unix://${inside('docker.sock')}`]
    return ['nsenter', '--target', firstInside(running.pid), '--mount', '--pid', '--wd=/', ...env, ...command]
  }
  const run = (program: string, given: readonly string[]): Promise<Ran> => {
    const [first = '', ...others] = commandOf([program, ...given])
    return runProgram(first, others)
  }
  const { out } = await run('docker', ['version', '--format', '{{.Server.Version}}'])
  const stop = async (): Promise<void> => {
    await running.stop(20_000)
    rmSync(shared, { recursive: true, force: true, maxRetries: 5 })
    if (existsSync(shared)) throw new Error(`${shared} could not be removed`)
  }
  return { shared, host: `unix://${socket}`, version: out.trim(), run, commandOf, stop }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}

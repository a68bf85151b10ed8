/** The rungs of the sandbox that this machine has; why one is missing is said aloud. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { chrootSandbox } from '../../../src/builder/exec/chroot/chroot-sandbox.ts'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { Sandbox } from '../../../src/builder/exec/sandbox.ts'
import { root as project } from '../../../tools/support/root.ts'
import { findProgram } from '../../support/real.ts'
import { type ChrootedDocker, givenInside, sharedInside } from '../support/chrooted-docker.ts'
import type { Bases } from './bases.ts'
import { nobody } from './give.ts'
import { buildHere, type Given, type Ours } from './ours.ts'
import { abilityOf } from './worker.ts'
import { startWorker } from './worker-rung.ts'

/** Which cases are built there. `runs`: those with a RUN, since all else takes the same way on each rung. `sample`: some of them. */
export type Share = 'all' | 'runs' | 'sample'

export interface Rung {
  readonly name: string
  readonly number: number
  readonly share: Share
  build(given: Given): Promise<Ours>
  close(): Promise<void>
}

interface RungPlaces {
  /** May be entered by everybody. */
  readonly folder: string
  readonly bases: Bases
  /** With `program` and `project` given. */
  readonly docker: ChrootedDocker
}

/** `SLIPWAY_PARITY_RUNGS=3,4,6,container`: those alone, whole. Without it: 1 and 2 whole, and a sample on the others. */
const named = process.env['SLIPWAY_PARITY_RUNGS']?.split(',')

const makers: Readonly<Record<string, (o: RungPlaces, share: Share) => Promise<Rung | string>>> = {
  '1': (o) => here(1, 'all', namespaceSandbox(), o),
  '2': (o) => here(2, 'all', namespaceSandbox({ layers: 'folder' }), o),
  '3': (o, share) => inNamespace(3, share, 'nobody:200000:65536\n', o),
  '4': (o, share) => inNamespace(4, share, '', o),
  '6': (o, share) => here(6, share, chrootSandbox({ kill: (pid) => void process.kill(pid, 'SIGKILL') }), o),
  container: (o, share) => inContainer(share, o),
}

/** What Docker's daemon has to have of this machine: Node, and this project. */
export const givenToDocker = { program: dirname(process.execPath), project }

export async function allRungs(o: RungPlaces): Promise<readonly Rung[]> {
  const found: Rung[] = []
  for (const [name, make] of Object.entries(makers)) {
    if (named !== undefined && !named.includes(name)) continue
    const made = await make(o, named === undefined ? 'sample' : 'runs')
    if (typeof made !== 'string') found.push(made)
    else process.stderr.write(`parity: ${name} is left out, this machine does not have that rung: ${made}\n`)
  }
  if (found.length === 0) throw new Error('a RUN is not possible on this machine')
  return found
}

async function here(number: number, share: Share, sandbox: Sandbox, { folder, bases }: RungPlaces): Promise<Rung | string> {
  const storeDir = join(folder, `store-${number}`)
  const ability = await abilityOf(sandbox, join(storeDir, 'build'))
  if (ability.kind === 'unable') return ability.reasons.join('; ')
  if (ability.rung !== number) return `it stands on rung ${ability.rung}: ${(ability.because ?? []).join('; ')}`
  const build = (given: Given) => buildHere(given, { sandbox, storeDir, open: bases.open })
  return { name: `rung ${number}`, number, share, build, close: async () => undefined }
}

const worker = fileURLToPath(import.meta.resolve('./worker.ts'))
const starter = fileURLToPath(import.meta.resolve('./enter.ts'))
const options = ['--disable-warning=ExperimentalWarning']

/** As nobody, with these ranges of ids and no others. */
async function inNamespace(number: 3 | 4, share: Share, ranges: string, { folder, bases }: RungPlaces): Promise<Rung | string> {
  if (number === 3 && findProgram('newuidmap', process.env) === undefined) return 'newuidmap is not there'
  const storeDir = join(folder, `store-${number}`)
  const file = join(folder, `ranges-${number}`)
  mkdirSync(storeDir)
  chownSync(storeDir, nobody.uid, nobody.gid)
  chmodSync(storeDir, 0o755)
  writeFileSync(file, ranges, { mode: 0o644 })
  const script = 'for f in /etc/subuid /etc/subgid; do mount --bind "$1" $f; done; shift; exec "$@"'
  const become = ['setpriv', `--reuid=${nobody.uid}`, `--regid=${nobody.gid}`, '--clear-groups']
  const enter = [process.execPath, ...options, starter, storeDir, process.execPath, ...options, worker, storeDir, bases.mirror]
  return startWorker('unshare', ['--mount', 'sh', '-c', script, 'sh', file, ...become, ...enter], { number, share, name: `rung ${number}`, storeDir, bases })
}

/** Root of a container as Docker makes them: its own capabilities and filter of system calls. */
async function inContainer(share: Share, { bases, docker }: RungPlaces): Promise<Rung | string> {
  const storeDir = join(docker.shared, 'store-6')
  const volumes = [`${givenInside}/program:/slipway/program:ro`, `${givenInside}/project:/slipway/project:ro`, `${sharedInside}:${docker.shared}`]
  const program = ['/slipway/program/node', ...options, '/slipway/project/test/real/parity/worker.ts', storeDir, bases.mirror]
  const run = ['docker', 'run', '--rm', '--interactive', '--network=host', ...volumes.flatMap((volume) => ['--volume', volume]), 'debian', ...program]
  const [name = '', ...args] = docker.commandOf(run)
  return startWorker(name, args, { number: 6, share, name: 'rung 6 in a container', storeDir, bases })
}

/**
 * The sandbox of containers that may neither mount nor make namespaces: the layers are copied into a folder, which becomes the command's root, and
 * what it changed is told by looking at all of it. The command sees the container's processes and network; it is for containers that are thrown away.
 */
import { chmodSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileCalls } from '../file-calls.ts'
import { keeperName, keeperProgram } from '../keeper/keep-owners.ts'
import { cpuOf } from '../machine/launch.ts'
import type { Cpu } from '../machine/system-calls.ts'
import { runProgram } from '../run-program.ts'
import type { Ability, Ended, FinishingWork, Lower, RunOptions, Sandbox, SandboxJob, Scratch } from '../sandbox.ts'
import { lookBefore, writeChanges } from './changed-since.ts'
import { chrootSteps } from './chroot-steps.ts'
import { stackInto } from './stack-into.ts'
import { type Placed, placeStandIns } from './stand-ins.ts'

/** Longer than the kernel's clock of files takes for a step: what changes later has a later time. */
const tickMs = 12
/** None of the image's. */
const kernelFolders = ['dev', 'proc', 'sys'] as const

const devices: readonly (readonly [string, number, number])[] = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
]

/** The keeper knows what they mean. */
const links: readonly (readonly [string, string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
  ['ptmx', 'pts/ptmx'],
]

export function chrootSandbox(o: { readonly kill: (pid: number) => void }): Sandbox {
  const cpu = cpuOf(arch()) ?? 'x64'
  // Devices can be made, and owners given: a container's root may.
  const calls = fileCalls({ machineRoot: true, manyIds: true }, cpu)
  const base = { name: 'copied layers and a changed root', keepsOwners: false, overlayAttributes: 'user.overlay.', ...calls }
  const run = (job: SandboxJob, w: RunOptions) => runOnce(job, sandbox, { ...w, cpu, kill: o.kill })
  const sandbox: Sandbox = {
    ...base,
    run,
    async probe(folder, w): Promise<Ability> {
      if (platform() !== 'linux') return { kind: 'unable', reasons: [`it needs Linux, and this is ${platform()}`] }
      if (cpuOf(arch()) === undefined) return { kind: 'unable', reasons: [`it is not made for the CPU ${arch()}`] }
      const lower = join(folder, 'probe-chroot')
      const work = join(folder, 'probe-chroot-work')
      for (const one of [lower, work]) mkdirSync(one, { recursive: true })
      const process = { args: ['/none'], env: [], cwd: '/', uid: 0, gid: 0, groups: [], network: 'host' } as const
      const ended = await run({ process, lowers: [{ kind: 'folder', folder: lower }], folder: work, mounts: [] }, { ...w, onOutput: () => undefined })
      if (ended.kind === 'exited' || ended.what.startsWith('execute ')) return { kind: 'able', rung: 6, layers: 'folder' }
      return { kind: 'unable', reasons: [`cannot ${ended.what}: ${ended.error}`] }
    },
  }
  return sandbox
}

interface Way extends RunOptions {
  readonly cpu: Cpu
  readonly kill: (pid: number) => void
}

async function runOnce(job: SandboxJob, sandbox: Sandbox, o: Way): Promise<Ended> {
  o.signal.throwIfAborted()
  if (job.process.network === 'none') return unable('make a network of its own, without the right to', 'EPERM')
  if (job.process.supervised === true) return unable('run a step of a pipeline in a folder of its own', 'EPERM')
  const root = join(job.folder, 'root')
  const scratch = { signal: o.signal, scratch: job.folder }
  const unpack = (to: string, stack: readonly Lower[]) => stackInto(to, stack.map(folderOf), sandbox, scratch)
  await unpack(root, job.lowers)
  await kernelFiles(root, sandbox, scratch)
  let placed: Placed | undefined
  try {
    placed = await placeStandIns(job.mounts, { ...scratch, root, folder: job.folder, unpack })
    const skip = skipping([...kernelFolders, ...placed.targets])
    const before = lookBefore(root, skip)
    await pause(tickMs, undefined, { signal: o.signal })
    writeFileSync(join(job.folder, keeperName), keeperProgram(o.cpu), { mode: 0o700 })
    const ended = await runProgram(chrootSteps(job.process, job.folder, root), job, { ...o, endOthers: () => killAllIn(root, o.kill) })
    killAllIn(root, o.kill)
    if (ended.kind === 'exited') await writeChanges(root, before, join(job.folder, 'upper'), sandbox, { ...scratch, skip })
    return ended
  } catch (error) {
    killAllIn(root, o.kill)
    const reason = standInReason(error)
    if (reason === undefined || placed !== undefined) throw error
    return unable('put in place what cannot be mounted', reason)
  } finally {
    placed?.takeAway()
  }
}

function unable(what: string, error: string): Ended {
  return { kind: 'unable', what, error }
}

function folderOf(lower: Lower): string {
  if (lower.kind === 'folder') return lower.folder
  throw new Error('a layer that is no folder, where nothing can be mounted')
}

function standInReason(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}

function skipping(paths: readonly string[]): (path: string) => boolean {
  const skipped = new Set(paths)
  return (path) => skipped.has(path)
}

/** What a system has without an image having it. */
async function kernelFiles(root: string, sandbox: Sandbox, o: Scratch): Promise<void> {
  for (const folder of [...kernelFolders, 'dev/shm', 'dev/pts', 'dev/mqueue']) mkdirSync(join(root, folder), { recursive: true, mode: 0o755 })
  const have = new Set(readdirSync(join(root, 'dev')))
  const missing = devices.filter(([name]) => !have.has(name))
  const work = missing.map(([name, major, minor]): FinishingWork => ({ kind: 'device', path: `dev/${name}`, type: 'char', mode: 0o666, major, minor }))
  await sandbox.finish(root, work, o)
  for (const [name, target] of links) if (!have.has(name)) symlinkSync(target, join(root, 'dev', name))
  for (const [name] of missing) chmodSync(join(root, 'dev', name), 0o666)
  chmodSync(join(root, 'dev', 'shm'), 0o1777)
}

/** Processes that have the folder as their root: there is no namespace that would end with the first of them. */
function killAllIn(root: string, kill: (pid: number) => void): void {
  for (let tries = 0; tries < 20; tries++) {
    const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && rootOf(name) === root)
    if (found.length === 0) return
    for (const pid of found) kill(Number(pid))
  }
}

function rootOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/root`)
  } catch {
    return undefined
  }
}

/**
 * The sandbox of containers that may neither mount nor make namespaces: the layers are copied into a folder, which becomes the command's root, and
 * what it changed is told by looking at all of it. The command sees the container's processes and network; it is for containers that are thrown away.
 */
import { chmodSync, mkdirSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { arch, platform } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileCalls } from '../file-calls.ts'
import { folderForm, mapsHere } from '../folder-form.ts'
import { keeperName, keeperProgram } from '../keeper/keep-owners.ts'
import { deviceLinks, devices, kernelFolders } from '../kernel-folders.ts'
import { cpuOf } from '../machine/launch.ts'
import type { Cpu } from '../machine/system-calls.ts'
import { runProgram } from '../run-program.ts'
import type { Ability, Ended, FinishingWork, Lower, RunOptions, Sandbox, SandboxJob, Scratch } from '../sandbox.ts'
import { lookBefore, writeChanges } from './changed-since.ts'
import { chrootSteps } from './chroot-steps.ts'
import { type Skip, stackInto } from './stack-into.ts'
import { type Placed, placeStandIns } from './stand-ins.ts'

/** Longer than the kernel's clock of files takes for a step: what changes later has a later time. */
const tickMs = 12

export function chrootSandbox(o: { readonly kill: (pid: number) => void }): Sandbox {
  const cpu = cpuOf(arch()) ?? 'x64'
  // Devices can be made, and owners given: a container's root may.
  const calls = fileCalls({ machineRoot: true, manyIds: true }, cpu)
  const facts = { keepsOwners: false, overlayAttributes: 'user.overlay.' }
  const base = { name: 'copied layers and a changed root', ...facts, folderForm: folderForm({ ...facts, maps: mapsHere() }), ...calls }
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
  // As the kernel tells it of processes that are in it.
  const root = join(realpathSync(job.folder), 'root')
  const scratch = { signal: o.signal, scratch: job.folder }
  const unpack = (to: string, stack: readonly Lower[]) => stackInto(to, stack.map(folderOf), sandbox, scratch)
  const begun = job.kept?.roots.take(job.lowers)
  if (begun !== undefined) renameSync(begun.folder, root)
  await unpack(root, begun?.above ?? job.lowers)
  await kernelFiles(root, sandbox, scratch)
  const { ended, whole } = await runIn(root, job, sandbox, { ...o, unpack })
  if (whole) await keepRoot(job, ended, root)
  return ended
}

/** `whole`: what is in the folder now is what the layers below and the changes come to. */
async function runIn(
  root: string,
  job: SandboxJob,
  sandbox: Sandbox,
  o: Way & { readonly unpack: (to: string, stack: readonly Lower[]) => Promise<void> },
): Promise<{ readonly ended: Ended; readonly whole: boolean }> {
  const scratch = { signal: o.signal, scratch: job.folder }
  let placed: Placed | undefined
  let whole = true
  try {
    placed = await placeStandIns(job.mounts, { ...scratch, root, folder: job.folder, unpack: o.unpack })
    const { inodes, targets, touched } = placed
    const none = new Set<string>([...kernelFolders, ...targets])
    const skip: Skip = (path, { ino }) => {
      // A secret that the command put somewhere else, say.
      if (inodes.has(ino) && !none.has(path)) whole = false
      return none.has(path) || inodes.has(ino)
    }
    const before = lookBefore(root, skip)
    await pause(tickMs, undefined, { signal: o.signal })
    writeFileSync(join(job.folder, keeperName), keeperProgram(o.cpu), { mode: 0o700 })
    const ended = await runProgram(chrootSteps(job.process, job.folder, root), job, { ...o, endOthers: () => killAllIn(root, o.kill) })
    killAllIn(root, o.kill)
    if (ended.kind === 'exited') await writeChanges(root, before, join(job.folder, 'upper'), sandbox, { ...scratch, skip, touched })
    return { ended, whole }
  } catch (error) {
    killAllIn(root, o.kill)
    const reason = standInReason(error)
    if (reason === undefined || placed !== undefined) throw error
    return { ended: unable('put in place what cannot be mounted', reason), whole: false }
  } finally {
    placed?.takeAway()
  }
}

/** For the next command: what is in the folder now is what lies below that one. */
async function keepRoot(job: SandboxJob, ended: Ended, root: string): Promise<void> {
  if (job.kept === undefined || ended.kind !== 'exited' || ended.code !== 0) return
  await job.kept.roots.keep(root, [{ kind: 'folder', folder: job.kept.becomes }, ...job.lowers])
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

/** What a system has without an image having it: made anew for each command, whatever the image or an earlier command has there. */
async function kernelFiles(root: string, sandbox: Sandbox, o: Scratch): Promise<void> {
  for (const folder of kernelFolders) rmSync(join(root, folder), { recursive: true, force: true })
  for (const folder of [...kernelFolders, 'dev/shm', 'dev/pts', 'dev/mqueue']) mkdirSync(join(root, folder), { recursive: true, mode: 0o755 })
  const work = devices.map(([name, major, minor]): FinishingWork => ({ kind: 'device', path: `dev/${name}`, type: 'char', mode: 0o666, major, minor }))
  await sandbox.finish(root, work, o)
  for (const [name, target] of deviceLinks) symlinkSync(target, join(root, 'dev', name))
  for (const [name] of devices) chmodSync(join(root, 'dev', name), 0o666)
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

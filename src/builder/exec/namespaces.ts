/** The sandbox of Linux: namespaces and an overlay, by generated programs. For root: of the machine, or of a user namespace that this program was started in. */
import { randomInt } from 'node:crypto'
import { constants, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { arch } from 'node:os'
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { Waiting } from '../tree/node.ts'
import { finishingSteps, parseNames, parseValues, readNames, readValues } from './attribute-steps.ts'
import { attachLoop, freeLoops } from './image-steps.ts'
import { keeperName, keeperProgram, knownName } from './keeper/keep-owners.ts'
import { encodeKnown } from './keeper/owners.ts'
import { cpuOf, type Launched, launch } from './machine/launch.ts'
import { call, type Step } from './machine/step.ts'
import type { Cpu } from './machine/system-calls.ts'
import { probe } from './probe.ts'
import { remembered } from './remembered-ability.ts'
import { keeperStep, lastStep, parseReport } from './report.ts'
import type { Ended, LayerForm, RunOptions, Sandbox, SandboxJob } from './sandbox.ts'
import { fifoName, needsKeeper, type Rights, runSteps, statusName } from './steps.ts'

/** Paths that one program looks at. */
const batch = 2000
const signalTerm = 15

/** `layers`: the only form to try; without it, the best that works. */
export function namespaceSandbox(o: { readonly layers?: LayerForm } = {}): Sandbox {
  const cpu = cpuOf(arch()) ?? 'x64'
  const rights = rightsHere()
  const quick = (steps: readonly Step[], folder: string, w: Waiting & { collect?: boolean }) => launch(steps, cpu, { ...w, folder })
  let form: LayerForm = o.layers ?? 'folder'
  const run = (job: SandboxJob, w: RunOptions) => runTrying(job, { rights, form, cpu }, w)
  return {
    name: rights.machineRoot ? 'overlay, as root' : 'overlay, as root of a user namespace',
    keepsOwners: !rights.machineRoot && !rights.manyIds,
    overlayAttributes: rights.machineRoot ? 'trusted.overlay.' : 'user.overlay.',
    async probe(folder, w) {
      const run = (job: SandboxJob, tried: LayerForm) => runTrying(job, { rights, form: tried, cpu }, { ...w, onOutput: () => undefined })
      const find = () => probe({ rights, folder, image: w.image, layers: o.layers }, run)
      const ability = w.remember === undefined ? await find() : await remembered(w.remember, { ...o, ...rights }, find)
      if (ability.kind === 'able') form = ability.layers
      return ability
    },
    run,
    async attributes(folder, paths, o) {
      const found = new Map<string, ReadonlyMap<string, Buffer>>()
      for (let i = 0; i < paths.length; i += batch) {
        const some = paths.slice(i, i + batch)
        const named = parseNames(some, outputOf(await quick([enter(folder), ...readNames(some)], o.scratch, { ...o, collect: true })))
        if (named.length === 0) continue
        const values = outputOf(await quick([enter(folder), ...readValues(named)], o.scratch, { ...o, collect: true }))
        for (const [path, attributes] of parseValues(named, values)) found.set(path, attributes)
      }
      return found
    },
    async finish(folder, work, o) {
      for (let i = 0; i < work.length; i += batch) outputOf(await quick([enter(folder), ...finishingSteps(work.slice(i, i + batch), rights)], o.scratch, o))
    },
  }
}

/** "0 0 4294967295" is the machine's own user namespace. */
function rightsHere(): Rights {
  try {
    const map = readFileSync('/proc/self/uid_map', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
    const ids = map.reduce((sum, [, , count = 0]) => sum + count, 0)
    return { machineRoot: ids >= 2 ** 32 - 1, manyIds: ids > 1 }
  } catch {
    return { machineRoot: false, manyIds: false }
  }
}

function enter(folder: string): Step {
  return call('chdir', [folder], `enter ${folder}`)
}

function outputOf(launched: Launched): Buffer {
  if (launched.kind === 'ended') return launched.output
  throw problem('BUILD_SANDBOX_FAILED', { what: launched.what, reason: launched.error })
}

interface Way {
  readonly rights: Rights
  readonly form: LayerForm
  readonly cpu: Cpu
}

/** Loop devices are chosen before they are taken: somebody else may have been faster. */
async function runTrying(job: SandboxJob, { rights, form, cpu }: Way, o: RunOptions): Promise<Ended> {
  for (let attempt = 0; ; attempt++) {
    const loops = form === 'image through loop' ? freeLoops(randomInt(900)) : undefined
    const ended = await runJob(job, { ...rights, loops }, { ...o, cpu })
    if (ended.kind === 'exited' || attempt >= 9) return ended
    // Another thread was just starting a program and still held the keeper open.
    const busy = (ended.what === attachLoop && ended.error === 'EBUSY') || (needsKeeper(job, rights) && ended.error === 'ETXTBSY')
    if (!busy) return ended
  }
}

async function runJob(job: SandboxJob, rights: Rights, o: RunOptions & { readonly cpu: Cpu }): Promise<Ended> {
  o.signal.throwIfAborted()
  if (needsKeeper(job, rights)) {
    writeFileSync(join(job.folder, keeperName), keeperProgram(o.cpu), { mode: 0o700 })
    writeFileSync(join(job.folder, knownName), encodeKnown(job.owners ?? new Map()))
  }
  const steps = runSteps(job, rights)
  let output: Output | undefined
  let pid: number | undefined
  let killParent = (): void => undefined
  // The process in the namespaces ends, and with it all others there; then the one that waits for it.
  const end = async (): Promise<void> => {
    if (pid !== undefined) await killProcess(pid, job.folder, o.cpu)
    killParent()
  }
  const onAbort = (): void => void end().catch(killParent)
  const onPolite = (): void => void askToEnd(pid, job.folder, o.cpu).catch(onAbort)
  o.signal.addEventListener('abort', onAbort)
  o.polite?.addEventListener('abort', onPolite)
  try {
    const launched = await launch(steps, o.cpu, {
      signal: o.signal,
      folder: job.folder,
      onStart: (child) => {
        killParent = () => void child.kill('SIGKILL')
      },
      onReport: (report) => {
        if (job.output === undefined) output ??= readOutput(join(job.folder, fifoName), o.onOutput)
        const known = pid !== undefined
        pid ??= parseReport(report).pid
        if (o.signal.aborted) onAbort()
        else if (!known && pid !== undefined && o.polite?.aborted === true) onPolite()
      },
    })
    if (launched.kind === 'failed') output?.stop()
    await output?.end
    o.signal.throwIfAborted()
    const ended = endOf(steps, launched)
    return job.process.supervised === true && ended.kind === 'exited' ? supervisedEnd(ended, job.folder) : ended
  } finally {
    o.signal.removeEventListener('abort', onAbort)
    o.polite?.removeEventListener('abort', onPolite)
    rmSync(join(job.folder, fifoName), { force: true })
  }
}

/** By a program of ours: it needs no right to signal whatever this process may otherwise signal. */
async function killProcess(pid: number, folder: string, cpu: Cpu): Promise<void> {
  await launch([call('kill', [pid, 9], 'end a process', { tolerate: 'any' })], cpu, { folder, signal: new AbortController().signal })
}

/** Before the command there is nothing that could be asked. */
async function askToEnd(first: number | undefined, folder: string, cpu: Cpu): Promise<void> {
  if (first === undefined) return
  const [command] = readFileSync(`/proc/${first}/task/${first}/children`, 'latin1').trim().split(' ').map(Number)
  if (command === undefined || command === 0) return killProcess(first, folder, cpu)
  await launch([call('kill', [-command, signalTerm], 'ask a process to end', { tolerate: 'any' })], cpu, { folder, signal: new AbortController().signal })
}

/** Where nothing was told, its first process was killed. */
function supervisedEnd(ended: Extract<Ended, { kind: 'exited' }>, folder: string): Ended {
  const told = readFileSync(join(folder, statusName))
  if (told.length < 4) return ended
  const status = told.readInt32LE(0)
  return { kind: 'exited', code: exitCode(status), status }
}

function exitCode(status: number): number {
  return (status & 0x7f) === 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}

function endOf(steps: readonly Step[], launched: Launched): Ended {
  if (launched.kind === 'failed') return { kind: 'unable', what: launched.what, error: launched.error }
  const { status = 0, failure } = parseReport(launched.report)
  if (failure?.step === keeperStep) return { kind: 'unable', what: 'filter system calls, to keep owners where there is one id', error: failure.error }
  const failed = failure && (failure.step === lastStep ? steps.at(-1) : steps[failure.step])
  if (failure !== undefined && failed?.kind === 'call') return { kind: 'unable', what: failed.what, error: failure.error }
  return { kind: 'exited', code: exitCode(status) }
}

interface Output {
  readonly end: Promise<void>
  stop(): void
}

/** A pipe with a name: what Node calls a pipe is a socket, and programs cannot open that through /dev/stdout. */
function readOutput(fifo: string, onOutput: (chunk: Buffer) => void): Output {
  const socket = new Socket({ fd: openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
  socket.on('data', onOutput)
  socket.on('error', () => undefined)
  return { end: new Promise((resolve) => void socket.on('close', () => resolve())), stop: () => void socket.destroy() }
}

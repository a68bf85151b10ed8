/** Runs the program of a RUN: hears its report, reads its output, ends it when asked to, tells how it ended. */
import { constants, openSync, readFileSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Launched, launch } from './machine/launch.ts'
import { call, type Step } from './machine/step.ts'
import type { Cpu } from './machine/system-calls.ts'
import { keeperStep, lastStep, numbersStep, parseReport } from './report.ts'
import type { Ended, RunOptions, SandboxJob } from './sandbox.ts'
import { fifoName, statusName } from './steps.ts'

const signalTerm = 15
/** For the keeper to end what its command has left running, and for the kernel to end what was in the namespaces. */
const soonMs = 2000

export interface ProgramOptions extends RunOptions {
  readonly cpu: Cpu
  /** What has to be ended besides the first process, which takes all others along where it has namespaces. */
  readonly endOthers?: () => void
}

export async function runProgram(steps: readonly Step[], job: Pick<SandboxJob, 'folder' | 'output' | 'process'>, o: ProgramOptions): Promise<Ended> {
  let output: Output | undefined
  let pid: number | undefined
  let killParent = (): void => undefined
  let over = (): void => undefined
  const ended = new Promise<true>((resolve) => {
    over = () => resolve(true)
  })
  const isOverSoon = async (): Promise<boolean> => (await Promise.race([ended, pause(soonMs, undefined, { ref: false })])) === true
  // The process in the namespaces ends, and with it all others there; then the one that waits for it.
  const end = async (): Promise<void> => {
    // Without namespaces it is the keeper that ends the others when its command has ended. Being killed, it could not.
    const asked = pid !== undefined && o.endOthers !== undefined && (await killCommand(pid, job.folder, o.cpu))
    if (asked && (await isOverSoon())) return
    if (pid !== undefined) {
      await killProcess(pid, job.folder, o.cpu)
      // Whoever waits for the first process ends when the last of the others is gone, and not before.
      await isOverSoon()
    }
    killParent()
    o.endOthers?.()
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
    over()
    if (launched.kind === 'failed') output?.stop()
    await output?.end
    o.signal.throwIfAborted()
    const told = endOf(steps, launched)
    return job.process.supervised === true && told.kind === 'exited' ? supervisedEnd(told, job.folder) : told
  } finally {
    over()
    o.signal.removeEventListener('abort', onAbort)
    o.polite?.removeEventListener('abort', onPolite)
    rmSync(join(job.folder, fifoName), { force: true })
  }
}

/** By a program of ours: it needs no right to signal whatever this process may otherwise signal. */
async function killProcess(pid: number, folder: string, cpu: Cpu): Promise<void> {
  await launch([call('kill', [pid, 9], 'end a process', { tolerate: 'any' })], cpu, { folder, signal: new AbortController().signal })
}

/** False: there is none yet. */
async function killCommand(first: number, folder: string, cpu: Cpu): Promise<boolean> {
  const command = commandOf(first)
  if (command === undefined || command === 0) return false
  await killProcess(command, folder, cpu)
  return true
}

function commandOf(first: number): number | undefined {
  try {
    return readFileSync(`/proc/${first}/task/${first}/children`, 'latin1').trim().split(' ').map(Number)[0]
  } catch {
    // It has ended.
    return undefined
  }
}

/** Before the command there is nothing that could be asked. */
async function askToEnd(first: number | undefined, folder: string, cpu: Cpu): Promise<void> {
  if (first === undefined) return
  const command = commandOf(first)
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
  if (failure?.step === numbersStep)
    return { kind: 'unable', what: 'tell processes apart, as parts of /proc are hidden here, which takes Linux 6.9', error: failure.error }
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

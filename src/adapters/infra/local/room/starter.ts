/**
 * The program of a room that starts its steps, once per stage. It is a few kilobytes large, so that it starts a process in a tenth of the
 * time that this one would need, whose memory would have to be copied each time.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '../../../../base/problem.ts'
import { reportDescriptor } from '../../../../builder/exec/machine/step.ts'
import { errorCode } from '../../../../media/file-errors.ts'
import { requestDescriptor } from './room-program.ts'
import { readReports, reportBytes, type StartReport, type StartRequest, startRequest } from './start-request.ts'

export type ProgramEnd =
  /** As wait(2) says it. */
  | { readonly kind: 'ended'; readonly status: number }
  /** The number of the program's step that failed. */
  | { readonly kind: 'failed'; readonly step: number; readonly error: string }
  /** What watched over the step was killed, and the step with it. */
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }

export interface Starting extends Omit<StartRequest, 'id'> {
  /** The step's process is there, as this machine numbers it, and has its output; or it never will. */
  readonly onProcess: (pid: number | undefined) => void
}

export interface Started {
  readonly end: Promise<ProgramEnd>
  /** Nobody is left to report an end. */
  lost(): void
}

export interface Starter {
  /** Rejects when the program that starts steps cannot be started. */
  start(o: Starting): Promise<Started>
  /** Resolves when it is gone, and all that it started. */
  close(): Promise<void>
}

/** All steps have ended when it is closed, so there is nothing left to wait for. */
const patienceMs = 5000

interface Waiting {
  readonly onProcess: Starting['onProcess']
  readonly ended: (end: ProgramEnd) => void
}

export function starter(program: string): Starter {
  const waiting = new Map<number, Waiting>()
  let running: Promise<ChildProcess> | undefined
  let count = 0
  const open = (): Promise<ChildProcess> => {
    running ??= begin(program, waiting, () => {
      running = undefined
    })
    return running
  }
  const settle = (id: number, end: ProgramEnd): void => {
    waiting.get(id)?.onProcess(undefined)
    waiting.get(id)?.ended(end)
    waiting.delete(id)
  }
  return {
    async start({ onProcess, ...o }) {
      const id = ++count
      const request = startRequest({ ...o, id })
      if (request.kind === 'refused') throw problem('STEP_START_FAILED', { program: o.argv[0] ?? '', reason: request.reason })
      const child = await open()
      const end = new Promise<ProgramEnd>((ended) => waiting.set(id, { onProcess, ended }))
      const input = child.stdio[requestDescriptor] as Writable
      input.write(request.bytes)
      return { end, lost: () => settle(id, { kind: 'killed', signal: 'SIGKILL' }) }
    },
    async close() {
      const child = await running?.catch(() => undefined)
      if (child === undefined) return
      const gone = new Promise<void>((resolve) => void child.once('close', () => resolve()))
      const input = child.stdio[requestDescriptor] as Writable
      input.end()
      const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await gone
      clearTimeout(killer)
    },
  }
}

async function begin(program: string, waiting: Map<number, Waiting>, over: () => void): Promise<ChildProcess> {
  for (let attempt = 0; ; attempt++) {
    const child = spawn(program, [], { cwd: '/', env: {}, detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', reject)
      })
    } catch (error) {
      // Another process was just being started and still held this file open.
      if (errorCode(error) === 'ETXTBSY' && attempt < 50) {
        await pause(2)
        continue
      }
      over()
      throw error
    }
    listen(child, waiting)
    child.once('close', (_code, signal) => {
      over()
      for (const { onProcess, ended } of waiting.values()) {
        onProcess(undefined)
        ended({ kind: 'killed', signal: signal ?? 'SIGKILL' })
      }
      waiting.clear()
    })
    return child
  }
}

function listen(child: ChildProcess, waiting: Map<number, Waiting>): void {
  child.stdio[requestDescriptor]?.on('error', () => undefined)
  const reports = child.stdio[reportDescriptor] as Readable
  let rest: Buffer = Buffer.alloc(0)
  reports.on('error', () => undefined)
  reports.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    rest = bytes.subarray(bytes.length - (bytes.length % reportBytes))
    for (const report of readReports(bytes)) hear(report, waiting)
  })
}

function hear(report: StartReport, waiting: Map<number, Waiting>): void {
  const one = waiting.get(report.id)
  if (report.kind === 'process') {
    one?.onProcess(report.pid)
    return
  }
  waiting.delete(report.id)
  one?.onProcess(undefined)
  one?.ended(report.kind === 'end' ? { kind: 'ended', status: report.status } : { kind: 'failed', step: report.step, error: report.error })
}

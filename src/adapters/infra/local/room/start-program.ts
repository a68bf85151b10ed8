/** Starts a program of system calls that becomes a step, and hears what it reports: the step's process, its end, or what failed. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { reportDescriptor } from '../../../../builder/exec/machine/step.ts'
import { parseReport, type Report } from '../../../../builder/exec/report.ts'
import { errorCode } from '../../../../media/file-errors.ts'

export interface Starting {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** Descriptors of this process, which stay its own to close. */
  readonly out: number | 'ignore'
  readonly err: number | 'ignore'
  /** The step's process, as this machine numbers it. */
  readonly onProcess?: (pid: number) => void
}

export type ProgramEnd =
  | { readonly kind: 'ended'; readonly status: number | undefined; readonly failure: Report['failure'] }
  /** The program itself was killed. */
  | { readonly kind: 'killed'; readonly signal: NodeJS.Signals }

export interface StartedProgram {
  readonly end: Promise<ProgramEnd>
}

/** Rejects when the program cannot be started. */
export async function startProgram(file: string, args: readonly string[], o: Starting): Promise<StartedProgram> {
  for (let attempt = 0; ; attempt++) {
    const child = spawn(file, args, { cwd: o.cwd, env: o.env, detached: true, stdio: ['ignore', o.out, o.err, 'pipe'] })
    const end = endOf(child, o)
    try {
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', reject)
      })
      return { end }
    } catch (error) {
      // Another process was just being started and still held this file open.
      if (errorCode(error) !== 'ETXTBSY' || attempt >= 50) throw error
      await pause(2)
    }
  }
}

function endOf(child: ChildProcess, o: Starting): Promise<ProgramEnd> {
  const records: Buffer[] = []
  let known = false
  const channel = child.stdio[reportDescriptor] as Readable | null
  channel?.on('error', () => undefined)
  channel?.on('data', (chunk: Buffer) => {
    records.push(chunk)
    const { pid } = reportOf(records)
    if (pid === undefined || known) return
    known = true
    o.onProcess?.(pid)
  })
  return new Promise((resolve) => {
    child.once('close', (_code, signal) => {
      const { status, failure } = reportOf(records)
      if (signal !== null && status === undefined && failure === undefined) resolve({ kind: 'killed', signal })
      else resolve({ kind: 'ended', status, failure })
    })
  })
}

/** Reports of a RUN begin with a line that says so. */
function reportOf(records: readonly Buffer[]): Report {
  return parseReport(Buffer.concat([Buffer.alloc(8), ...records]))
}

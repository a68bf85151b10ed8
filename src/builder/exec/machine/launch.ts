/** Runs steps as a process of their own: the program is written, started and removed at once; what it reports comes back. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../../../media/file-errors.ts'
import { assemble } from './program.ts'
import { call, reportDescriptor, type Step } from './step.ts'
import { type Cpu, errorName } from './system-calls.ts'

export interface Failure {
  readonly kind: 'failed'
  /** What the step was for. */
  readonly what: string
  /** `EPERM`, or the number. */
  readonly error: string
}

/** `report` is what the program itself wrote to the report descriptor. */
export type Launched = { readonly kind: 'ended'; readonly report: Buffer; readonly output: Buffer } | Failure

export interface LaunchOptions {
  readonly signal: AbortSignal
  /** Where the program may lie while it starts; the folder must allow execution. */
  readonly folder: string
  /** Called with each piece of the report as it comes. */
  readonly onReport?: (report: Buffer) => void
  readonly onStart?: (child: ChildProcess) => void
  /** Standard output is collected. */
  readonly collect?: boolean
}

/** Undefined: no program can be made for this CPU. */
export function cpuOf(arch: string): Cpu | undefined {
  return arch === 'x64' || arch === 'arm64' ? arch : undefined
}

export async function launch(steps: readonly Step[], cpu: Cpu, o: LaunchOptions): Promise<Launched> {
  o.signal.throwIfAborted()
  const file = join(o.folder, `program-${randomUUID()}`)
  // It may hold secrets on their way to the process: nobody else may read it, and it is gone before the command runs.
  writeFileSync(file, assemble([...steps, call('exit_group', [0], 'end')], cpu), { mode: 0o700 })
  try {
    return await started(steps, file, o)
  } finally {
    rmSync(file, { force: true })
  }
}

async function started(steps: readonly Step[], file: string, o: LaunchOptions): Promise<Launched> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(steps, file, o)
    } catch (error) {
      // Another thread was just starting a program and still held this file open.
      if (errorCode(error) !== 'ETXTBSY' || attempt >= 20) throw error
      await pause(2)
    }
  }
}

function once(steps: readonly Step[], file: string, o: LaunchOptions): Promise<Launched> {
  const child = spawn(file, [], { stdio: ['ignore', o.collect ? 'pipe' : 'ignore', 'pipe', 'pipe'], cwd: o.folder, env: {} })
  const report: Buffer[] = []
  const output: Buffer[] = []
  const complaints: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  const channel = child.stdio[reportDescriptor] as Readable
  channel.on('error', () => undefined)
  channel.on('data', (chunk: Buffer) => {
    rmSync(file, { force: true })
    report.push(chunk)
    o.onReport?.(Buffer.concat(report))
  })
  o.onStart?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const told = Buffer.concat(report)
      if (code === 0) resolve({ kind: 'ended', report: told, output: Buffer.concat(output) })
      else resolve(failureOf(steps, told) ?? { kind: 'failed', what: 'start a program', error: lastLine(complaints) || `exit code ${code}` })
    })
  })
}

/** The last eight bytes: number of the step and error. */
export function failureOf(steps: readonly Step[], report: Buffer): Failure | undefined {
  if (report.length < 8) return undefined
  const step = steps[report.readInt32LE(report.length - 8)]
  const number = -report.readInt32LE(report.length - 4)
  if (step?.kind !== 'call' || number <= 0) return undefined
  return { kind: 'failed', what: step.what, error: errorName(number) }
}

function lastLine(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString('utf8').trim().split('\n').at(-1) ?? ''
}

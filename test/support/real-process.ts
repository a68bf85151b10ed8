/**
 * A real server for tests: start, wait until ready, stop with all its children.
 * Each runs in a process group of its own, whose id is noted, so that the runner can sweep what a crashed test left behind.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { killGroup, noteProcess } from './process-notes.ts'

export interface ProcessRequest {
  readonly program: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Asked again and again until it answers true. Throwing means: not yet. */
  readonly ready: () => Promise<boolean> | boolean
  readonly readyWithinMs?: number
}

export interface RealProcess extends AsyncDisposable {
  readonly pid: number
  /** All that it has printed so far, both streams. */
  output(): string
  /** TERM to the group, then KILL. Does nothing the second time. */
  stop(graceMs?: number): Promise<void>
}

export async function startProcess(request: ProcessRequest): Promise<RealProcess> {
  const child = spawn(request.program, request.args ?? [], {
    cwd: request.cwd,
    env: { ...process.env, ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const exited = once(child, 'exit').catch(() => undefined)
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const output = (): string => Buffer.concat(chunks).toString('utf8')
  const failure = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`${request.program}: ${error.message}`)))
    child.once('exit', (code, signal) => reject(new Error(`${request.program} ended (${code ?? signal}) before it was ready:\n${output()}`)))
  })
  failure.catch(() => undefined)
  const pid = child.pid
  if (pid === undefined) return await failure
  const forget = noteProcess(pid)
  const stop = async (graceMs = 5_000): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      killGroup(pid, 'SIGTERM')
      await Promise.race([exited, wait(graceMs, undefined, { ref: false })])
    }
    killGroup(pid, 'SIGKILL')
    await exited
    forget()
  }
  const running = { pid, output, stop, [Symbol.asyncDispose]: () => stop() }
  try {
    await Promise.race([becomesReady(request, output), failure])
    return running
  } catch (error) {
    await stop(500)
    throw error
  }
}

async function becomesReady(request: ProcessRequest, output: () => string): Promise<void> {
  const within = request.readyWithinMs ?? 15_000
  const until = Date.now() + within
  while (Date.now() < until) {
    if (
      await Promise.resolve()
        .then(request.ready)
        .catch(() => false)
    )
      return
    await wait(50)
  }
  throw new Error(`${request.program} was not ready within ${within} ms:\n${output()}`)
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

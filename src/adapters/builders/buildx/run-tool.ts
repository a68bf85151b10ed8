/** Runs docker to its end: in a group of its own, asked politely to stop when the signal aborts or this process is gone, and never without an end. */
import { spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { dockerProgram, released, underWatch } from './docker-program.ts'

export interface ToolWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export interface RunTool {
  readonly env: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly kill: ToolWorld['kill']
  readonly cwd?: string
  /** Each line of the error output, as it comes. */
  readonly onLine?: (line: string) => void
}

export interface ToolRan {
  readonly code: number | null
  readonly out: string
  /** The end of the error output; empty with `onLine`. */
  readonly err: string
}

const graceMs = 10_000
const most = 16 * 1024 * 1024

/** Rejects with the signal's reason once it has aborted and the program has ended. */
export async function runTool(args: readonly string[], o: RunTool): Promise<ToolRan> {
  o.signal.throwIfAborted()
  const started = underWatch(await dockerProgram(o.env['PATH']), args)
  o.signal.throwIfAborted()
  const child = spawn(started.program, started.args, { env: o.env, cwd: o.cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const [, stdout, stderr, line] = child.stdio as unknown as readonly [null, Readable, Readable, Writable]
  release(line, (then) => child.once('exit', then))
  const lines = lineReader(o.onLine)
  const [out, err] = [kept(), kept()]
  stdout.on('data', (chunk: Buffer) => out.add(chunk))
  stderr.on('data', (chunk: Buffer) => (o.onLine === undefined ? err.add(chunk) : lines.add(chunk)))
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) o.kill(-child.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  let killer: NodeJS.Timeout | undefined
  const stop = (): void => {
    signalGroup('SIGINT')
    killer ??= setTimeout(() => signalGroup('SIGKILL'), graceMs)
  }
  o.signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (ended) => resolve(ended))
    })
    lines.end()
    o.signal.throwIfAborted()
    return { code, out: out.text(), err: err.text() }
  } finally {
    clearTimeout(killer)
    o.signal.removeEventListener('abort', stop)
  }
}

/** The watch has nobody to wait for when docker has ended; it may be gone itself by then. */
function release(line: Writable, onExit: (then: () => void) => void): void {
  line.on('error', () => undefined)
  onExit(() => line.end(released))
}

function kept(): { add(chunk: Buffer): void; text(): string } {
  const chunks: Buffer[] = []
  let size = 0
  return {
    add(chunk) {
      if (size < most) chunks.push(chunk)
      size += chunk.length
    },
    text: () => Buffer.concat(chunks).toString('utf8'),
  }
}

function lineReader(tell: ((line: string) => void) | undefined): { add(chunk: Buffer): void; end(): void } {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    add(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) tell?.(line)
    },
    end() {
      if (rest !== '') tell?.(rest)
    },
  }
}

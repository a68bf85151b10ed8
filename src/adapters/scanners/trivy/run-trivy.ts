/** Runs trivy to its end: in a group of its own, ended when the signal aborts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { problem } from '../../../base/problem.ts'

export interface RunTrivy {
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly signal: AbortSignal
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly say?: (line: string) => void
}

export interface TrivyRan {
  readonly code: number | null
  /** The end of what it said on its error stream. */
  readonly said: readonly string[]
  readonly out: string
}

const remembered = 20
const longestLine = 2_000
const largestOut = 1 << 20

/** Rejects with the signal's reason once it has aborted and the program is gone. */
export async function runTrivy(program: string, args: readonly string[], o: RunTrivy): Promise<TrivyRan> {
  o.signal.throwIfAborted()
  const child = spawn(program, args, { env: o.env, cwd: o.cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  const lines = createInterface({ input: child.stderr }).on('line', (line) => {
    const text = line.slice(0, longestLine)
    said.push(text)
    if (said.length > remembered) said.shift()
    o.say?.(text)
  })
  const read = once(lines, 'close')
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (out.length < largestOut) out += text
  })
  const stop = (): void => {
    try {
      if (child.pid !== undefined) o.kill(-child.pid, 'SIGKILL')
    } catch {
      // It is gone already.
    }
  }
  o.signal.addEventListener('abort', stop, { once: true })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    // Its last words may be the reason.
    await read
    o.signal.throwIfAborted()
    return { code, said, out }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall?.startsWith('spawn') !== true) throw cause
    throw problem('SCANNER_MISSING', { scanner: 'trivy', reason: `${program} cannot be started: ${(cause as Error).message}` }, { cause })
  } finally {
    o.signal.removeEventListener('abort', stop)
  }
}

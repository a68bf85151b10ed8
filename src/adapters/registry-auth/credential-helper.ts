/**
 * Credential helpers: `docker-credential-NAME get`, the server on standard input, JSON on standard output.
 * https://github.com/docker/docker-credential-helpers
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Clock } from '../../base/clock.ts'
import { problem } from '../../base/problem.ts'
import { sharedWork } from '../../base/shared-work.ts'
import type { Credentials } from '../../ports/registry-auth.ts'
import { readHelperAnswer } from './schema.ts'

export interface HelperQuestion {
  readonly helper: string
  /** As the helper knows it: a host, a path key, or the URL of Docker Hub. */
  readonly server: string
  /** Which configuration names the helper. */
  readonly place: string
}

interface Waiting {
  readonly signal: AbortSignal
}

/** Undefined when the helper knows no login. Throws CREDENTIAL_HELPER_FAILED. */
export type AskHelper = (question: HelperQuestion, o: Waiting) => Promise<Credentials | undefined>

export interface HelperOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** A helper may open a window and wait for a person. */
  readonly patienceMs?: number
}

/** Helpers may take a second each; one answer serves a push to many repositories. */
const freshMs = 60_000
const largestAnswer = 1024 * 1024

export function askHelpers(o: HelperOptions): AskHelper {
  const answers = new Map<string, { readonly at: number; readonly ask: (w: Waiting) => Promise<Credentials | undefined> }>()
  return (question, w) => {
    const key = `${question.helper} ${question.server}`
    const known = answers.get(key)
    if (known !== undefined && o.clock.now() - known.at < freshMs) return known.ask(w)
    const own = {
      at: o.clock.now(),
      ask: sharedWork((shared) =>
        askHelper(question, { ...o, ...shared }).catch((error: unknown) => {
          if (answers.get(key) === own) answers.delete(key)
          throw error
        }),
      ),
    }
    answers.set(key, own)
    return own.ask(w)
  }
}

type Asking = HelperOptions & Waiting

async function askHelper({ helper, server, place }: HelperQuestion, o: Asking): Promise<Credentials | undefined> {
  const fail = (reason: string, cause?: unknown) =>
    problem('CREDENTIAL_HELPER_FAILED', { helper: `docker-credential-${helper}`, place, server, reason }, { cause })
  if (!/^[A-Za-z0-9_.-]+$/.test(helper)) throw fail('that is no name of a helper')
  const ended = await run(`docker-credential-${helper}`, server, o).catch((error: NodeJS.ErrnoException) => {
    o.signal.throwIfAborted()
    throw fail(error.code === 'ENOENT' ? 'it is not on PATH' : error.code === 'EACCES' ? 'it may not be executed' : error.message, error)
  })
  if (ended.code !== 0) {
    const words = firstLine(ended.out) || firstLine(ended.err) || 'it said nothing'
    if (/credentials not found|no credentials|not found in native keychain/i.test(words)) return undefined
    throw fail(ended.code === null ? `it was ended by ${ended.killed ?? 'a signal'}` : `${words} (exit code ${ended.code})`)
  }
  // What it printed may hold the secret and is not quoted.
  const answer = readHelperAnswer(ended.out)
  if (answer === undefined) throw fail('its answer is not the JSON that helpers give')
  if (answer.Secret === '') return undefined
  return answer.Username === '<token>'
    ? { kind: 'identity-token', token: answer.Secret }
    : { kind: 'basic', username: answer.Username ?? '', password: answer.Secret }
}

interface Ended {
  readonly code: number | null
  readonly killed: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

function run(program: string, input: string, o: Asking): Promise<Ended> {
  const patienceMs = o.patienceMs ?? 60_000
  const child = spawn(program, ['get'], { env: { ...o.env }, stdio: 'pipe' })
  return new Promise((resolve, reject) => {
    const stop = (error: unknown): void => {
      child.kill('SIGKILL')
      // Its children may hold the pipes open; nobody waits for them.
      child.stdout.destroy()
      child.stderr.destroy()
      reject(error)
    }
    const timeout = setTimeout(() => stop(new Error(`it did not answer within ${patienceMs / 1000} s`)), patienceMs)
    const aborted = (): void => stop(o.signal.reason)
    o.signal.addEventListener('abort', aborted, { once: true })
    const printed = gather(child, () => stop(new Error(`its answer is longer than ${largestAnswer} bytes`)))
    const over = (): void => {
      clearTimeout(timeout)
      o.signal.removeEventListener('abort', aborted)
    }
    child.on('error', (error) => {
      over()
      reject(error)
    })
    child.on('close', (code, killed) => {
      over()
      resolve({ code, killed, ...printed() })
    })
    // A helper that ends without reading is judged by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(`${input}\n`)
  })
}

function gather(child: ChildProcessWithoutNullStreams, tooMuch: () => void): () => { readonly out: string; readonly err: string } {
  const out: Buffer[] = []
  const err: Buffer[] = []
  let size = 0
  const take = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length
    if (size > largestAnswer) tooMuch()
    else into.push(chunk)
  }
  child.stdout.on('data', take(out))
  child.stderr.on('data', take(err))
  return () => ({ out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') })
}

/** JSON is no message, and may hold a secret. */
function firstLine(text: string): string {
  const line = text.trim().split('\n')[0]?.trim() ?? ''
  return /^[[{"]|"Secret"/.test(line) ? '' : line.slice(0, 300)
}

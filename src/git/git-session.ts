/**
 * The git program for one repository, driven safely: nothing of the machine's or a person's configuration is read, no hook runs, nobody is
 * prompted, and each command has a process group of its own that ends with its signal.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { problem } from '../base/problem.ts'

export interface GitWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Signals a process, or a group when the pid is negative; throws when there is none. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export interface SessionOptions extends GitWorld {
  readonly folder: string
  readonly signal: AbortSignal
  /** Configuration beside what every session has. */
  readonly config: readonly (readonly [name: string, value: string])[]
  /** Variables for git and the programs that it starts. */
  readonly variables: Readonly<Record<string, string>>
  /** Protocols of git's own spelling, such as https and file. */
  readonly protocols: readonly string[]
}

export interface GitRan {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  /** Told what git writes to its error stream as it comes. */
  readonly onError?: (text: string) => void
  readonly onOutput?: (text: string) => void
  readonly stdin?: string
}

export interface GitSession {
  /** Answers whatever the exit code is; throws when git cannot be started, or the signal aborts. */
  run(args: readonly string[], o?: RunOptions): Promise<GitRan>
  /** A script of the user, in the repository and with the configuration of the session. */
  shell(script: string, o: RunOptions): Promise<GitRan>
}

const always: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['core.autocrlf', 'false'],
  // An empty value clears helpers that come before it.
  ['credential.helper', ''],
  ['credential.interactive', 'false'],
  ['safe.directory', '*'],
  ['advice.detachedHead', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['init.defaultBranch', 'main'],
  ['submodule.recurse', 'false'],
  ['http.followRedirects', 'initial'],
]

const inherited = ['PATH', 'HOME', 'TMPDIR', 'USER', 'LOGNAME', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']

const graceMs = 3_000
const mostKept = 256 * 1024

export function gitSession(o: SessionOptions): GitSession {
  const env = environment(o)
  const start = (program: string, args: readonly string[], r: RunOptions) => runIn(program, args, { ...o, env }, r)
  return {
    run: (args, r = {}) => start('git', args, r),
    shell: (script, r) => start('sh', ['-e', '-s'], { ...r, stdin: script }),
  }
}

function environment({ env, config, variables, protocols }: SessionOptions): Record<string, string> {
  const made: Record<string, string> = {}
  for (const name of inherited) {
    const value = env[name] ?? env[name.toUpperCase()]
    if (value !== undefined) made[name] = value
  }
  const settings = [...always, ...config]
  settings.forEach(([name, value], i) => {
    made[`GIT_CONFIG_KEY_${i}`] = name
    made[`GIT_CONFIG_VALUE_${i}`] = value
  })
  return {
    ...made,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_PAGER: 'cat',
    GIT_ALLOW_PROTOCOL: protocols.join(':'),
    GIT_LFS_SKIP_SMUDGE: '1',
    ...variables,
  }
}

interface Starting extends GitWorld {
  readonly folder: string
  readonly signal: AbortSignal
  readonly env: Record<string, string>
}

async function runIn(program: string, args: readonly string[], o: Starting, r: RunOptions): Promise<GitRan> {
  o.signal.throwIfAborted()
  const child = spawn(program, args, { cwd: o.folder, env: o.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const texts = { out: '', err: '' }
  const hear = (name: 'out' | 'err', tell: ((text: string) => void) | undefined): void => {
    const decoder = new TextDecoder()
    child[`std${name}`].on('data', (chunk: Buffer) => {
      const text = decoder.decode(chunk, { stream: true })
      texts[name] = (texts[name] + text).slice(-mostKept)
      tell?.(text)
    })
  }
  hear('out', r.onOutput)
  hear('err', r.onError)
  child.stdin.on('error', () => undefined)
  child.stdin.end(r.stdin ?? '')
  const end = endsGroup(child.pid, o)
  o.signal.addEventListener('abort', end.politely, { once: true })
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? problem('GIT_PROGRAM_MISSING', {}, { cause: error }) : error))
      child.once('close', (exit, signal) => resolve(exit ?? 128 + (signal === null ? 0 : constants.signals[signal])))
    })
    o.signal.throwIfAborted()
    return { code, ...texts }
  } finally {
    o.signal.removeEventListener('abort', end.politely)
    end.forGood()
  }
}

/** git's helpers for http and ssh are children of its own, so the whole group is ended. */
function endsGroup(pid: number | undefined, { kill }: GitWorld): { readonly politely: () => void; readonly forGood: () => void } {
  const send = (signal: NodeJS.Signals): void => {
    try {
      if (pid !== undefined) kill(-pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  let killer: NodeJS.Timeout | undefined
  return {
    politely() {
      send('SIGTERM')
      killer ??= setTimeout(() => send('SIGKILL'), graceMs)
    },
    forGood() {
      clearTimeout(killer)
      send('SIGKILL')
    },
  }
}

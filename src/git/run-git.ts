/** Runs the git program for facts: no prompts, no pager, no user hooks, output capped. `undefined` when git is missing or says no. */
import { spawn } from 'node:child_process'

const outputLimit = 64 * 1024 * 1024

export interface GitOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

export async function runGit(args: readonly string[], o: GitOptions): Promise<string | undefined> {
  const env = { PATH: o.env['PATH'], HOME: o.env['HOME'], GIT_TERMINAL_PROMPT: '0', GIT_PAGER: 'cat', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }
  const child = spawn('git', ['-c', 'core.fsmonitor=false', '-c', 'safe.directory=*', ...args], {
    cwd: o.cwd,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: o.signal,
  })
  const ended = new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined))
    child.on('close', (code) => resolve(code ?? undefined))
  })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > outputLimit) child.kill('SIGKILL')
    else chunks.push(chunk)
  }
  const code = await ended
  o.signal.throwIfAborted()
  return code === 0 ? Buffer.concat(chunks).toString('utf8') : undefined
}

/** Runs vitest once as a child process on this Node and ends as it ends. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../support/root.ts'

/** A Ctrl-C reaches the child through the terminal; a TERM is passed on. Resolves with the exit code. */
export function runVitest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const cli = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, 'run', ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

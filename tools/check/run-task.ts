/** Runs one check as a child process and keeps its output. */
import { spawn } from 'node:child_process'
import type { Task } from './tasks.ts'

export interface TaskResult {
  readonly ok: boolean
  readonly ms: number
  readonly output: string
}

export function runTask(task: Task, o: { readonly cwd: string; readonly signal: AbortSignal }): Promise<TaskResult> {
  const started = performance.now()
  const [program, ...args] = task.command
  const child = spawn(program, args, {
    cwd: o.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    signal: o.signal,
  })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    const done = (ok: boolean, more = ''): void => resolve({ ok, ms: performance.now() - started, output: Buffer.concat(chunks).toString('utf8') + more })
    child.on('error', (error) => done(false, `\n${program}: ${error.message}`))
    child.on('close', (code, signal) => done(code === 0, signal === null ? '' : `\nended by ${signal}`))
  })
}

/** The end of an output: enough to see what is wrong without scrolling. */
export function tail(output: string, lines: number): string {
  const all = output.trimEnd().split('\n')
  return all.length <= lines ? all.join('\n') : `... ${all.length - lines} lines before\n${all.slice(-lines).join('\n')}`
}

/** Runs a real program to its end, without a shell and without standard input. */
import { spawn } from 'node:child_process'
import process from 'node:process'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export function runProgram(
  program: string,
  args: readonly string[],
  o: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const child = spawn(program, args, { cwd: o.cwd, env: { ...process.env, ...o.env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }))
  })
}

/** The same, for programs that are expected to succeed: answers standard output. */
export async function mustRun(program: string, args: readonly string[], o: Parameters<typeof runProgram>[2] = {}): Promise<string> {
  const { code, out, err } = await runProgram(program, args, o)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${err}${out}`)
  return out
}

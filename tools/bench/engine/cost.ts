/** What a command and all its children cost: wall time, processor time of the whole tree, peak memory of the command itself. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { CannotMeasure } from '../support/bench.ts'

export interface Cost {
  readonly ms: number
  readonly cpuMs: number
  readonly peakMB: number
}

export interface Command {
  readonly args: readonly string[]
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** A node program. One at a time: the processor time is that of all children that ended meanwhile. */
export async function costOf({ args, cwd, env }: Command): Promise<Cost> {
  const [started, cpu] = [performance.now(), childrenMs()]
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let error = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text
  })
  let peakMB = 0
  const timer = setInterval(() => {
    peakMB = Math.max(peakMB, peakOf(child.pid))
  }, 20)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearInterval(timer))
  if (code !== 0) throw new CannotMeasure(`node ${args.join(' ')} ended with ${code}:\n${error}`)
  return { ms: performance.now() - started, cpuMs: childrenMs() - cpu, peakMB }
}

/** User and system time of the children that were waited for, and of theirs; in hundredths of a second, as Linux counts them. */
function childrenMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13]) + Number(fields[14])) * 10
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

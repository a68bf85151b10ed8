/** Runs commands at once and answers how long all of them took, and how much memory the largest had. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { CannotMeasure } from '../support/bench.ts'
import type { Command } from './programs.ts'

export interface Timed {
  readonly ms: number
  /** VmHWM as last seen, sampled every 20 ms. */
  readonly peakMB: number
}

export async function timed(commands: readonly Command[]): Promise<Timed> {
  const started = performance.now()
  const peaks = await Promise.all(commands.map(runToEnd))
  return { ms: performance.now() - started, peakMB: Math.max(...peaks) }
}

function runToEnd({ program, args, env, cwd }: Command): Promise<number> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  const end = (): void => void child.kill('SIGKILL')
  process.prependOnceListener('exit', end)
  let error = ''
  child.stderr.on('data', (chunk: Buffer) => {
    error += chunk.toString('utf8')
  })
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid))
  }, 20)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      process.off('exit', end)
      clearInterval(timer)
      if (code === 0) resolve(peak)
      else reject(new CannotMeasure(`${program} ${args.join(' ')} ended with ${code}:\n${error}`))
    })
  })
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

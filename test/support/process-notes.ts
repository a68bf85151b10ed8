/** Notes on process groups that tests started: one file per group in the folder SLIPWAY_TEST_PIDS, for the runner to sweep at the end. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** Ends the group when this process exits; the returned function forgets it. */
export function noteProcess(pid: number, dir: string | undefined = process.env['SLIPWAY_TEST_PIDS']): () => void {
  const end = (): void => killGroup(pid, 'SIGKILL')
  // Before those who remove the folders in which it writes.
  process.prependOnceListener('exit', end)
  if (dir !== undefined) {
    mkdirSync(dir, { recursive: true })
    writeFileSync(join(dir, String(pid)), startOf(pid))
  }
  return () => {
    process.off('exit', end)
    if (dir !== undefined) rmSync(join(dir, String(pid)), { force: true })
  }
}

/** Kills groups that are still noted and still the same processes; answers their ids. */
export function sweepProcesses(dir: string): readonly number[] {
  const left = readdirSync(dir).filter((name) => startOf(Number(name)) === readFileSync(join(dir, name), 'utf8') && startOf(Number(name)) !== '')
  for (const name of left) killGroup(Number(name), 'SIGKILL')
  return left.map(Number)
}

export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // The group has ended.
  }
}

/** When the process started, in ticks since boot: with the id, this names one process for ever. Empty where /proc is not, or the process. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

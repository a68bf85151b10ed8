/** Which process a file or folder belongs to, so that what a dead builder left can be told from what a living one uses. */
import { readFileSync, readlinkSync } from 'node:fs'

/** Number and start time: numbers are given again, but not within one tick of the clock. */
export function thisProcess(): string {
  try {
    return describe(readlinkSync('/proc/self')) ?? 'unknown'
  } catch {
    return 'unknown'
  }
}

/** `owner` as `thisProcess` has told it. Who could not say is taken as living. */
export function isAlive(owner: string): boolean {
  return owner === 'unknown' || describe(owner.split(' ')[0] ?? '') === owner
}

function describe(pid: string): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie does nothing any more.
    return fields[0] === 'Z' ? undefined : `${pid} ${fields[19]}`
  } catch {
    return undefined
  }
}

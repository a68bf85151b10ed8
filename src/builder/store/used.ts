/** Marks what is used, so that collection of garbage knows what is not: one empty file per thing, whose time is the last use. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../media/file-errors.ts'
import { isLocked } from '../../media/lock.ts'

/** Taking something away is a look at its mark and a rename. */
const mostWaitMs = 10_000

/**
 * `path` is relative to the work folder. Marked before it is looked for: who finds it after that keeps it. A collector that was at it
 * may not have seen the mark, so it is waited for: what it takes is gone afterwards, and not while it is read.
 */
export function markUsed(workFolder: string, path: string): void {
  mark(workFolder, path)
  const lock = collectorLock(workFolder, path)
  const never = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; waited < mostWaitMs && isLocked(lock); waited++) Atomics.wait(never, 0, 0, 1)
}

/** Held by whoever looks at the mark to take the thing away. */
export function collectorLock(workFolder: string, path: string): string {
  return join(workFolder, 'used', `${markName(path)}.lock`)
}

function mark(workFolder: string, path: string): void {
  const file = join(workFolder, 'used', markName(path))
  try {
    writeFileSync(file, '')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    mkdirSync(join(workFolder, 'used'), { recursive: true, mode: 0o700 })
    writeFileSync(file, '')
  }
}

export function markName(path: string): string {
  return path.replaceAll('/', '-')
}

/** Work on a folder that only one process, and one piece of work in it, may do at a time. Others wait for their turn. */
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '../base/problem.ts'
import { takeLock } from './lock.ts'

/** Meant for moments: whoever has not had a turn after this long is told who is in the way. */
const patienceMs = 60_000
const pauseMs = 20

export async function whileLocked<T>(file: string, work: () => Promise<T>, { signal }: { readonly signal: AbortSignal }): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  for (let waited = 0; ; waited += pauseMs) {
    signal.throwIfAborted()
    const release = takeLock(file)
    if (release !== undefined) {
      try {
        return await work()
      } finally {
        release()
      }
    }
    if (waited >= patienceMs) throw problem('FOLDER_LOCKED', { folder: dirname(file), file })
    await pause(pauseMs, undefined, { signal })
  }
}

/** Work of this process that has to happen one after the other, by name: who comes later waits, and finds what was done before. */
import { unlessAborted } from '../../base/unless-aborted.ts'

const last = new Map<string, Promise<unknown>>()

/** How it went before does not matter to who comes next. An abort ends the waiting of one, not the order of the others. */
export async function inTurn<T>(name: string, work: () => Promise<T>, { signal }: { readonly signal: AbortSignal }): Promise<T> {
  const before = last.get(name) ?? Promise.resolve()
  const mine = unlessAborted(before, signal).then(work)
  const over = Promise.allSettled([before, mine])
  last.set(name, over)
  try {
    return await mine
  } finally {
    void over.then(() => void (last.get(name) === over && last.delete(name)))
  }
}

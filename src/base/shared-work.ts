/** One piece of work for several who want its result: each waits under a signal of its own, and the work is stopped when all have gone. */
import { unlessAborted } from './unless-aborted.ts'

interface Waiting {
  readonly signal: AbortSignal
}

interface Running<T> {
  readonly stop: AbortController
  readonly result: Promise<T>
  waiting: number
}

export function sharedWork<T>(work: (w: Waiting) => Promise<T>): (w: Waiting) => Promise<T> {
  let current: Running<T> | undefined
  return async ({ signal }) => {
    signal.throwIfAborted()
    // What all have left is begun anew.
    if (current === undefined || current.stop.signal.aborted) {
      const stop = new AbortController()
      current = { stop, result: work({ signal: stop.signal }), waiting: 0 }
      current.result.catch(() => undefined)
    }
    const own = current
    own.waiting += 1
    try {
      return await unlessAborted(own.result, signal)
    } finally {
      own.waiting -= 1
      if (own.waiting === 0 && signal.aborted) own.stop.abort(signal.reason)
    }
  }
}

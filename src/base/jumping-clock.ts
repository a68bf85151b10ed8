/**
 * A clock for work that only pretends: when all of it is asleep, the clock goes on to the moment at which the first sleeper wakes.
 * Hours pass at once, in the order in which they would have passed.
 */
import type { Clock, Instant } from './clock.ts'

export interface JumpingClock extends Clock {
  /** Time stands still while the work is under way: for what waits for the real world. */
  during<T>(work: () => Promise<T>): Promise<T>
}

interface Sleeper {
  readonly at: Instant
  readonly wake: () => void
}

/** Promise chains that hang on a wake-up have all acted after so many turns of the event loop. */
const quietTurns = 10

/** `turn` resolves after one turn of the event loop. */
export function jumpingClock(o: { readonly start: Instant; readonly turn: () => Promise<void> }): JumpingClock {
  let now = o.start
  let sleepers: readonly Sleeper[] = []
  let watching = false
  let stirred = 0
  let busy = 0
  let free: () => void = () => undefined

  const quiet = async (): Promise<void> => {
    for (let turns = 0, seen = stirred; turns < quietTurns; turns++) {
      await o.turn()
      if (busy > 0) await new Promise<void>((resolve) => (free = resolve))
      if (seen !== stirred) turns = 0
      seen = stirred
    }
  }
  const watch = async (): Promise<void> => {
    watching = true
    while (sleepers.length > 0) {
      await quiet()
      const [next, ...others] = sleepers
      if (next === undefined) break
      now = Math.max(now, next.at)
      sleepers = others
      next.wake()
    }
    watching = false
  }
  return {
    now: () => now,
    sleep: (ms, { signal }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const abort = (): void => {
          stirred += 1
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason)
        }
        const wake = (): void => {
          stirred += 1
          signal.removeEventListener('abort', abort)
          resolve()
        }
        const sleeper = { at: now + Math.max(0, ms), wake }
        signal.addEventListener('abort', abort, { once: true })
        stirred += 1
        // Sorting is stable: who slept first wakes first.
        sleepers = [...sleepers, sleeper].sort((a, b) => a.at - b.at)
        if (!watching) void watch()
      }),
    async during(work) {
      busy += 1
      stirred += 1
      try {
        return await work()
      } finally {
        busy -= 1
        stirred += 1
        if (busy === 0) free()
      }
    },
  }
}

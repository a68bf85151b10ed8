/** A Clock that stands still until a test moves it. */
import type { Clock, Instant } from '../../src/base/clock.ts'

export interface FakeClock extends Clock {
  /** Moves on, waking each sleeper at its own instant and letting it act before the next one wakes. */
  advance(ms: number): Promise<void>
  /** Instants at which sleepers will wake, soonest first. */
  readonly pending: readonly Instant[]
}

interface Sleeper {
  readonly at: Instant
  readonly wake: () => void
}

/** Starts at 2030-01-01 unless told otherwise. */
export function fakeClock(start: Instant = Date.UTC(2030, 0, 1)): FakeClock {
  let now = start
  let sleepers: readonly Sleeper[] = []
  const drop = (sleeper: Sleeper): void => {
    sleepers = sleepers.filter((other) => other !== sleeper)
  }
  return {
    now: () => now,
    get pending() {
      return sleepers.map((sleeper) => sleeper.at)
    },
    sleep(ms, { signal }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const abort = (): void => {
          drop(sleeper)
          reject(signal.reason)
        }
        const wake = (): void => {
          signal.removeEventListener('abort', abort)
          resolve()
        }
        const sleeper = { at: now + Math.max(0, ms), wake }
        signal.addEventListener('abort', abort, { once: true })
        // Sorting is stable: who slept first wakes first.
        sleepers = [...sleepers, sleeper].sort((a, b) => a.at - b.at)
      })
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let next = sleepers[0]; next !== undefined && next.at <= until; next = sleepers[0]) {
        now = Math.max(now, next.at)
        drop(next)
        next.wake()
        await settle()
      }
      now = until
    },
  }
}

/** Long enough for promise chains that hang on a wake-up. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A value that expires: made once, shared, made anew shortly before its end. */
import type { Clock, Instant } from '../../../base/clock.ts'
import { sharedWork } from '../../../base/shared-work.ts'
import type { Waiting } from './cloud-world.ts'

export interface Expiring<T> {
  readonly value: T
  /** Absent: it lasts. */
  readonly until?: Instant
}

/** Nothing is taken that ends within this time: what is begun with it should end with it. */
const marginMs = 5 * 60_000

export function renewed<T>(clock: Clock, make: (w: Waiting) => Promise<Expiring<T>>): (w: Waiting) => Promise<Expiring<T>> {
  let current: ((w: Waiting) => Promise<Expiring<T>>) | undefined
  let until: Instant = Number.NEGATIVE_INFINITY
  return (w) => {
    if (current !== undefined && clock.now() < until) return current(w)
    const own = sharedWork(async (shared: Waiting) => {
      try {
        const made = await make(shared)
        if (current === own) until = usableUntil(made.until, clock)
        return made
      } catch (error) {
        if (current === own) current = undefined
        throw error
      }
    })
    current = own
    // While it is being made everybody waits for the same one.
    until = Number.POSITIVE_INFINITY
    return own(w)
  }
}

/** Of short lives the last tenth is left, not five minutes. */
function usableUntil(until: Instant | undefined, clock: Clock): Instant {
  if (until === undefined) return Number.POSITIVE_INFINITY
  const left = until - clock.now()
  return until - Math.min(marginMs, left / 10)
}

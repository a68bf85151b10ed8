/** A clock on which so many times as much goes by: waits are short, and who is patient for a minute is so for a second or three. */
import type { Clock } from '../../src/base/clock.ts'
import { systemClock } from '../../src/main/system-clock.ts'

export function fasterClock(times: number): Clock {
  const begin = systemClock.now()
  return {
    now: () => begin + (systemClock.now() - begin) * times,
    sleep: (ms, o) => systemClock.sleep(ms / times, o),
  }
}

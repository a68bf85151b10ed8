/** The machine's time. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, { signal }) => {
    await wait(ms, undefined, { signal })
  },
}

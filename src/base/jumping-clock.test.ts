import { describe, expect, it } from 'vitest'
import { jumpingClock } from './jumping-clock.ts'

const signal = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const made = () => jumpingClock({ start: 1000, turn })

describe('a clock that jumps', () => {
  it('lets hours pass at once, each sleeper waking at its own moment', async () => {
    const clock = made()
    const woke: (readonly [string, number])[] = []
    const nap = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, { signal })
      woke.push([name, clock.now()])
    }
    await Promise.all([nap('long', 7_200_000), nap('short', 5), nap('middle', 60_000).then(() => nap('again', 60_000))])
    expect(woke).toEqual([
      ['short', 1005],
      ['middle', 61_000],
      ['again', 121_000],
      ['long', 7_201_000],
    ])
  })

  it('stands still while something waits for the real world', async () => {
    const clock = made()
    const told: string[] = []
    const slept = clock.sleep(10, { signal }).then(() => told.push('woke'))
    await clock.during(async () => {
      for (let i = 0; i < 200; i++) await turn()
      told.push(`still ${clock.now()}`)
    })
    await slept
    expect(told).toEqual(['still 1000', 'woke'])
  })

  it('forgets a sleeper whose signal aborts, and refuses one whose signal has aborted', async () => {
    const clock = made()
    const abort = new AbortController()
    const long = clock.sleep(1_000_000, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(long).rejects.toThrow('enough')
    await expect(clock.sleep(1, { signal: abort.signal })).rejects.toThrow('enough')
    await clock.sleep(5, { signal })
    expect(clock.now()).toBe(1005)
  })
})

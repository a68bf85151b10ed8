import { describe, expect, it } from 'vitest'
import { fakeClock } from './fake-clock.ts'

const never = new AbortController().signal

describe('fake clock', () => {
  it('wakes sleepers in order, each at its own instant', async () => {
    const clock = fakeClock(1000)
    const woken: string[] = []
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms, { signal: never })
      woken.push(`${name}@${clock.now()}`)
    }
    void sleeper('late', 300)
    void sleeper('early', 100)
    expect(clock.pending).toEqual([1100, 1300])
    await clock.advance(299)
    expect(woken).toEqual(['early@1100'])
    await clock.advance(1)
    expect(woken).toEqual(['early@1100', 'late@1300'])
    expect(clock.now()).toBe(1300)
  })

  it('lets a woken sleeper sleep again within one advance', async () => {
    const clock = fakeClock(0)
    let ticks = 0
    void (async () => {
      while (true) {
        await clock.sleep(10, { signal: never })
        ticks++
      }
    })()
    await clock.advance(95)
    expect(ticks).toBe(9)
  })

  it('rejects with the reason of the signal, before and while sleeping', async () => {
    const clock = fakeClock()
    await expect(clock.sleep(1, { signal: AbortSignal.abort(new Error('at once')) })).rejects.toThrow('at once')
    const controller = new AbortController()
    const waiting = clock.sleep(5, { signal: controller.signal })
    controller.abort(new Error('later'))
    await expect(waiting).rejects.toThrow('later')
    expect(clock.pending).toEqual([])
  })
})

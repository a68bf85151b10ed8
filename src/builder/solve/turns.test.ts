import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inTurn } from './turns.ts'

describe('turns', () => {
  it('come one after the other for one name, whatever became of those before', async () => {
    const { signal } = new AbortController()
    const seen: string[] = []
    const work = (word: string) => async () => {
      seen.push(`+${word}`)
      await pause(5)
      seen.push(`-${word}`)
      if (word === 'a') throw new Error('no')
      return word
    }
    const all = await Promise.allSettled(['a', 'b', 'c'].map((word) => inTurn('one', work(word), { signal })))
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect(seen).toEqual(['+a', '-a', '+b', '-b', '+c', '-c'])
  })

  it('who gives up waiting goes at once, and lets nobody past', async () => {
    const stop = new AbortController()
    const { signal } = new AbortController()
    const gate = Promise.withResolvers<void>()
    const seen: string[] = []
    const first = inTurn('two', () => gate.promise, { signal })
    const leaver = inTurn('two', async () => undefined, stop)
    const third = inTurn('two', async () => seen.push('third'), { signal })
    stop.abort(new Error('enough'))
    await expect(leaver).rejects.toThrow('enough')
    await pause(5)
    expect(seen).toEqual([])
    gate.resolve()
    await Promise.all([first, third])
    expect(seen).toEqual(['third'])
  })
})

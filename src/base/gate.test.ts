import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { gate } from './gate.ts'

describe('a gate', () => {
  it('lets so many pass at once, in their order, and goes on after a failure', async () => {
    const { pass } = gate(2)
    let inside = 0
    let most = 0
    const began: number[] = []
    const one = (n: number): Promise<number> =>
      pass(async () => {
        began.push(n)
        most = Math.max(most, ++inside)
        await turn()
        inside--
        if (n === 1) throw new Error('no')
        return n
      })
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map(one))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    expect([most, began]).toEqual([2, [0, 1, 2, 3, 4]])
  })
})

import { describe, expect, it } from 'vitest'
import type { Progress } from '../events/run-event.ts'
import { progressReader } from './progress.ts'

describe('git’s progress', () => {
  it('is told apart from what belongs into the log, in whatever pieces it comes', () => {
    const amounts: Progress[] = []
    let log = ''
    const reader = progressReader({ progress: (one) => amounts.push(one), say: (text) => (log += text) })
    const text =
      'From https://x\nremote: Counting objects: 100% (3/3), done.\nReceiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), 1 KiB, done.\n * [new branch] a\nlast'
    for (const piece of text) reader.push(piece)
    reader.flush()
    expect(amounts.map(({ task, done, total }) => `${task} ${done}/${total}`)).toEqual([
      'counting objects 3/3',
      'receiving objects 1/2',
      'receiving objects 2/2',
    ])
    expect(log).toBe('From https://x\n * [new branch] a\nlast\n')
  })

  it('comes in some twenty pieces, however often git counts', () => {
    const amounts: Progress[] = []
    const reader = progressReader({ progress: (one) => amounts.push(one), say: () => undefined })
    for (let i = 1; i <= 1000; i++) reader.push(`Receiving objects: ${Math.floor(i / 10)}% (${i}/1000)\r`)
    expect(amounts.length).toBeLessThan(25)
    expect(amounts.at(-1)?.done).toBe(1000)
  })
})

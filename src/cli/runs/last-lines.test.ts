import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastLines } from './last-lines.ts'

describe('the last lines', () => {
  it('are the same however the text comes in pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab\n]{0,6}$/)), fc.integer({ min: 0, max: 5 }), (pieces, count) => {
        const kept = lastLines(count)
        for (const piece of pieces) kept.push(piece)
        const whole = pieces.join('')
        const ended = whole.endsWith('\n')
        const lines = (ended ? whole.slice(0, -1) : whole).split('\n')
        const expected = count === 0 || whole === '' ? '' : lines.slice(-count).join('\n') + (ended ? '\n' : '')
        expect(kept.take()).toBe(expected)
      }),
    )
  })
})

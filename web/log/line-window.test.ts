import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atEnd, boxHeight, lineWindow, scrollTopFor } from './line-window.ts'

const frame = (lines: number, height = 600) => ({ lines, lineHeight: 20, height })

describe('the window on a long log', () => {
  it('shows the seen lines and a few more', () => {
    expect(lineWindow(0, frame(1000))).toEqual({ first: 0, end: 50, offset: 0 })
    expect(lineWindow(2000, frame(1000))).toEqual({ first: 80, end: 150, offset: 1600 })
    expect(lineWindow(0, frame(3))).toEqual({ first: 0, end: 3, offset: 0 })
    expect(lineWindow(0, frame(0))).toEqual({ first: 0, end: 0, offset: 0 })
  })

  it('stays within what browsers can scroll', () => {
    expect(boxHeight(frame(10_000_000))).toBe(12_000_000)
    const end = lineWindow(12_000_000 - 600, frame(10_000_000))
    expect(end.end).toBe(10_000_000)
    expect(atEnd(12_000_000 - 600, frame(10_000_000))).toBe(true)
    expect(atEnd(6_000_000, frame(10_000_000))).toBe(false)
  })

  it('covers the seen part wherever it is, and finds any line', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (lines, part) => {
        const one = frame(lines)
        const top = part * Math.max(0, boxHeight(one) - one.height)
        const { first, end, offset } = lineWindow(top, one)
        expect(offset).toBeLessThanOrEqual(top + 0.001)
        if (end < lines) expect(offset + (end - first) * one.lineHeight).toBeGreaterThanOrEqual(top + one.height - 0.001)
        const wanted = Math.floor(part * (lines - 1))
        const found = lineWindow(scrollTopFor(wanted, one), one)
        expect(wanted).toBeGreaterThanOrEqual(found.first)
        expect(wanted).toBeLessThan(found.end)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { ago, countText, dateText, shortDigest } from './format.ts'

describe('moments and numbers', () => {
  const now = Date.UTC(2030, 5, 15, 12)
  it.each([
    [20_000, 'just now'],
    [5 * 60_000, '5 min ago'],
    [3 * 3_600_000, '3 h ago'],
    [26 * 3_600_000, 'yesterday'],
    [4 * 86_400_000, '4 days ago'],
    [40 * 86_400_000, dateText(now - 40 * 86_400_000)],
    [-5000, 'just now'],
  ])('%d ms ago', (gone, text) => {
    expect(ago(now - gone, now)).toBe(text)
  })

  it('shortens digests and groups digits', () => {
    expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab')
    expect(countText(1_000_000)).toBe('1,000,000')
  })
})

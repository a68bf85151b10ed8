import { describe, expect, it } from 'vitest'
import { amountOf } from './resource-limits.ts'

describe('amounts of memory and CPU', () => {
  it.each([
    ['500Mi', 524_288_000],
    ['2Gi', 2_147_483_648],
    ['1G', 1_000_000_000],
    ['128K', 128_000],
    ['400m', 0.4],
    ['1.5', 1.5],
    ['much', undefined],
    ['5Xi', undefined],
    ['', undefined],
  ])('%s', (text, amount) => {
    expect(amountOf(text)).toBe(amount)
  })
})

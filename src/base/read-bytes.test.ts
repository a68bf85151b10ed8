import { describe, expect, it } from 'vitest'
import { bytesPattern, readBytes } from './read-bytes.ts'

describe('an amount of bytes', () => {
  it.each([
    ['500', 500],
    ['25KB', 25_000],
    ['25 KiB', 25_600],
    ['5mb', 5_000_000],
    ['1.5 g', 1_500_000_000],
    ['0', 0],
  ])('%s is %d', (text, bytes) => {
    expect(readBytes(text)).toBe(bytes)
    expect(new RegExp(`^(?:${bytesPattern.source})$`).test(text)).toBe(true)
  })

  it.each(['', 'KB', '-1', '5 XB', '1e3', '5 i'])('%j is none', (text) => {
    expect(readBytes(text)).toBeUndefined()
    expect(new RegExp(`^(?:${bytesPattern.source})$`).test(text)).toBe(false)
  })
})

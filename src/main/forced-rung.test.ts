/** SLIPWAY_RUNG is taken at its word. */
import { describe, expect, it } from 'vitest'
import { forcedSandbox } from './forced-rung.ts'

describe('SLIPWAY_RUNG', () => {
  it('is one of the known ones, or nothing', () => {
    expect(forcedSandbox({})).toBeUndefined()
    expect(forcedSandbox({ SLIPWAY_RUNG: '' })).toBeUndefined()
    expect(forcedSandbox({ SLIPWAY_RUNG: '2' })?.name).toContain('overlay')
    expect(() => forcedSandbox({ SLIPWAY_RUNG: '7' })).toThrow('1, 1-loop, 2')
  })
})

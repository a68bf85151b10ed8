/** SLIPWAY_RUNG is taken at its word. */
import { describe, expect, it } from 'vitest'
import { forcedSandbox } from './forced-rung.ts'

describe('SLIPWAY_RUNG', () => {
  it('is one of the known ones, or nothing', () => {
    expect(forcedSandbox({}, { container: false })).toBeUndefined()
    expect(forcedSandbox({ SLIPWAY_RUNG: '' }, { container: false })).toBeUndefined()
    expect(forcedSandbox({ SLIPWAY_RUNG: '2' })?.name).toContain('overlay')
    expect(() => forcedSandbox({ SLIPWAY_RUNG: '7' })).toThrow('1, 1-loop, 2, 5, 6')
  })

  it('is not needed in a container: what needs no namespaces is tried last there, but not inside of a namespace', () => {
    expect(forcedSandbox({}, { container: true })?.name).toContain('overlay')
    expect(forcedSandbox({ SLIPWAY_RUNG: '6' })?.name).toContain('changed root')
    expect(forcedSandbox({}, { container: true, inNamespace: true })).toBeUndefined()
    expect(forcedSandbox({ SLIPWAY_RUNG: '5' })).toBeUndefined()
  })
})

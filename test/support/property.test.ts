import { readConfigureGlobal } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { propertySettings } from './property.ts'

describe('property tests', () => {
  it('are short by default, long on demand, and repeat by seed', () => {
    expect(propertySettings({})).toEqual({ numRuns: 100 })
    expect(propertySettings({ SLIPWAY_FUZZ: 'long', SLIPWAY_SEED: '7' })).toEqual({ numRuns: 20_000, seed: 7 })
  })

  it('take these settings in every test file', () => {
    const settings = propertySettings(process.env)
    expect(readConfigureGlobal()).toMatchObject(settings)
  })
})

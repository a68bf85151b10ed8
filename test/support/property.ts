/** Setup of every test file: fast-check runs with this repository's seed and length, short by default, SLIPWAY_FUZZ=long for hours of doubt, SLIPWAY_SEED=N to repeat. */
import process from 'node:process'
import { configureGlobal } from 'fast-check'

const runs = { short: 100, long: 20_000 } as const

export function propertySettings(env: Readonly<Record<string, string | undefined>>): { readonly numRuns: number; readonly seed?: number } {
  const length = env['SLIPWAY_FUZZ'] === 'long' ? 'long' : 'short'
  const seed = Number.parseInt(env['SLIPWAY_SEED'] ?? '', 10)
  return { numRuns: runs[length], ...(Number.isInteger(seed) && { seed }) }
}

configureGlobal(propertySettings(process.env))

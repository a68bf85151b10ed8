/** `npm test [-- FILE… -t NAME]`: every test that needs nothing but this clone. */
import { randomInt } from 'node:crypto'
import { runVitest } from './vitest.ts'

const seed = process.env['SLIPWAY_SEED'] ?? String(randomInt(1, 2 ** 31))
process.stdout.write(`property tests: SLIPWAY_SEED=${seed} SLIPWAY_FUZZ=${process.env['SLIPWAY_FUZZ'] ?? 'short'}\n`)
process.exitCode = await runVitest(process.argv.slice(2), { ...process.env, SLIPWAY_SEED: seed })

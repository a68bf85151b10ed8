/** Where large things that tests fetch or make once are kept: outside of the repository, SLIPWAY_TEST_CACHE or the machine's cache. */
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export function testCache(...parts: readonly string[]): string {
  const place = process.env['SLIPWAY_TEST_CACHE'] ?? (process.getuid?.() === 0 ? '/var/cache/slipway-test' : join(homedir(), '.cache', 'slipway-test'))
  mkdirSync(place, { recursive: true })
  return join(place, ...parts)
}

/** What the parts of the embedded scanner have in common. */
import { join } from 'node:path'

export const scannerName = 'osv'
export const importRemedy = 'Import a mirror of OSV with "slipway db import", or name another database with --db.'

export function databasePath(home: string): string {
  return join(home, 'advisories', 'advisories.db')
}

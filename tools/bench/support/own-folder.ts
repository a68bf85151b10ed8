/** Everything a bench leaves in the folder for temporary files lies in one folder of its own, which goes with the bench, also when it is stopped. */
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** For programs that are started, too: they take the folder from the environment. */
export function useOwnFolder(): void {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  process.env['TMPDIR'] = dir
  // What still runs is ended by listeners that were put before this one.
  process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  // A signal may come twice, from the group and from the parent: the second must not cut short what the first began.
  for (const signal of signals) process.on(signal, () => process.exit(128 + constants.signals[signal]))
}

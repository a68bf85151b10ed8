/** What runs were started with, sealed: inputs may hold what nobody else shall read. The key lies beside the database, for its owner only. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { problem } from '../../../base/problem.ts'
import type { RunId } from '../../../events/run-event.ts'
import type { Given } from '../../../ports/history.ts'
import { makeKeyFile, readKeyFile } from '../../secrets/store/key-file.ts'
import { seal, unseal } from '../../secrets/store/sealing.ts'

const keyFile = (dir: string): string => join(dir, 'history.key')

export function sealGiven(dir: string, run: RunId, given: Given): { readonly nonce: Uint8Array; readonly bytes: Uint8Array } {
  const key = readKeyFile(keyFile(dir)) ?? makeKeyFile(keyFile(dir))
  return seal(key, run, JSON.stringify(given))
}

export function readGiven(db: DatabaseSync, dir: string, run: RunId): Given | undefined {
  const row = db.prepare('SELECT nonce, sealed FROM given WHERE run = ?').get(run)
  if (row === undefined) return undefined
  const key = readKeyFile(keyFile(dir))
  const text = key === undefined ? undefined : unseal(key, run, { nonce: row['nonce'] as Uint8Array, bytes: row['sealed'] as Uint8Array })
  if (text === undefined) throw problem('RUN_START_UNREADABLE', { run, file: keyFile(dir) })
  return JSON.parse(text) as Given
}

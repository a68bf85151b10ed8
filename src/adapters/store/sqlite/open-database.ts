/** Opens the history database: WAL, waiting for other processes, and the schema brought up to date in one transaction. */
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { problem } from '../../../base/problem.ts'
import { migrations } from './migrations.ts'

export function openDatabase(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const db = new DatabaseSync(file)
    db.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    migrate(db, file)
    return db
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'Problem') throw cause
    throw problem('HISTORY_UNUSABLE', { file, reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}

/** The version is read again inside the transaction: two processes may start at once on a new file. */
function migrate(db: DatabaseSync, file: string): void {
  const version = (): number => Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version() > migrations.length) throw problem('HISTORY_NEWER', { file, found: version(), known: migrations.length })
  if (version() === migrations.length) return
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of migrations.slice(version())) db.exec(statement)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

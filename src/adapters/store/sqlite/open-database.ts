/** Opens the history database: WAL, waiting for other processes, and the schema brought up to date in one transaction. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { problem } from '../../../base/problem.ts'
import { inTransaction } from './in-transaction.ts'
import { migrations } from './migrations.ts'
import { saysDamaged, saysUnwritable } from './sqlite-errors.ts'
import { suspicion } from './suspicion.ts'

export interface Opened {
  readonly db: DatabaseSync
  /** Where a damaged database was put; this one is new. */
  readonly damaged?: string
  /** The folder takes nothing: what is there can be read. */
  readonly readOnly?: true
}

/** `unique` becomes part of the name of a damaged file that is put aside. */
export function openDatabase(file: string, unique: () => string): Opened {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    return { db: openSound(file) }
  } catch (cause) {
    const readable = saysUnwritable(cause) ? openReadOnly(file) : undefined
    if (readable !== undefined) return { db: readable, readOnly: true }
    if (!saysDamaged(cause)) throw unusable(file, cause)
  }
  try {
    const damaged = `${file}.damaged-${unique()}`
    for (const end of ['', '-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, damaged + end)
    rmSync(suspicion(file), { force: true })
    return { db: openSound(file), damaged }
  } catch (cause) {
    throw unusable(file, cause)
  }
}

function openSound(file: string): DatabaseSync {
  const db = new DatabaseSync(file)
  try {
    db.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
    if (existsSync(suspicion(file))) lookThrough(db, file)
    migrate(db, file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Without the helper files that SQLite would have to make. Undefined: what a crash left would be passed over, or it has another layout. */
function openReadOnly(file: string): DatabaseSync | undefined {
  if (!existsSync(file) || (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0)) return undefined
  const db = new DatabaseSync(`${pathToFileURL(file).href}?immutable=1`, { readOnly: true })
  if (versionOf(db) === migrations.length) return db
  db.close()
}

function lookThrough(db: DatabaseSync, file: string): void {
  const found = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { errcode: 11 })
  rmSync(suspicion(file), { force: true })
}

function unusable(file: string, cause: unknown): unknown {
  if (cause instanceof Error && cause.name === 'Problem') return cause
  return problem('HISTORY_UNUSABLE', { file, reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
}

/** The version is read again inside the transaction: two processes may start at once on a new file. */
function migrate(db: DatabaseSync, file: string): void {
  const version = versionOf(db)
  if (version > migrations.length) throw problem('HISTORY_NEWER', { file, found: version, known: migrations.length })
  if (version === migrations.length) return
  inTransaction(db, () => {
    for (const statement of migrations.slice(versionOf(db))) db.exec(statement)
    db.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}

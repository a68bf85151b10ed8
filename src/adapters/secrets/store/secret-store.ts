/** Secrets of this machine, encrypted at rest: a database of sealed values, and a key beside it or a passphrase in somebody's head. */
import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Instant } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { SecretStore, StoredSecret } from '../../../ports/secret-store.ts'
import { makeKeyFile, readKeyFile } from './key-file.ts'
import { keyOfPassphrase, newSalt, seal, unseal } from './sealing.ts'

export interface SecretStoreOptions {
  /** Data folder. */
  readonly dir: string
  /** Seals instead of a key file, for a store that is new. */
  readonly passphrase?: string | undefined
  readonly now: () => Instant
}

const schema = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, nonce BLOB NOT NULL, sealed BLOB NOT NULL, changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`
/** Sealed under this name when the store is made: what opens with the right key, and with no other. */
const proof = ' proof'

interface Opened {
  readonly db: DatabaseSync
  readonly key: Buffer
}

export function secretStore(o: SecretStoreOptions): SecretStore {
  const file = join(o.dir, 'secrets.db')
  let opened: Opened | undefined
  /** Undefined: nothing was ever set. Not remembered, for it may be soon. */
  const begun = (): Opened | undefined => {
    if (opened !== undefined || !existsSync(file)) return opened
    const db = openDatabase(file, o.dir)
    try {
      const key = keyOf(db, o)
      if (key !== undefined) opened = { db, key }
      return opened
    } finally {
      if (opened === undefined) db.close()
    }
  }
  const begin = (): Opened => {
    const db = openDatabase(file, o.dir)
    try {
      opened = { db, key: newStore(db, o) }
      return opened
    } catch (error) {
      db.close()
      throw error
    }
  }
  return {
    read(name) {
      const store = begun()
      if (store === undefined) return undefined
      const { db, key } = store
      const row = db.prepare('SELECT nonce, sealed FROM secrets WHERE name = ?').get(name)
      if (row === undefined) return undefined
      const value = unseal(key, name, { nonce: row['nonce'] as Uint8Array, bytes: row['sealed'] as Uint8Array })
      if (value === undefined) throw problem('SECRETS_DAMAGED', { name, file })
      return value
    },
    set(values) {
      const { db, key } = begun() ?? begin()
      const put = db.prepare(
        'INSERT INTO secrets VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET nonce = excluded.nonce, sealed = excluded.sealed, changed = excluded.changed',
      )
      inTransaction(db, () => {
        for (const [name, value] of values) {
          const { nonce, bytes } = seal(key, name, value)
          put.run(name, nonce, bytes, o.now())
        }
      })
    },
    list() {
      if (!existsSync(file)) return []
      const db = opened?.db ?? openDatabase(file, o.dir)
      try {
        const rows = db.prepare('SELECT name, changed FROM secrets ORDER BY name').all()
        return rows.map((row): StoredSecret => ({ name: String(row['name']), changedAt: Number(row['changed']) }))
      } finally {
        if (opened === undefined) db.close()
      }
    },
    remove(names) {
      if (!existsSync(file)) return []
      const db = opened?.db ?? openDatabase(file, o.dir)
      try {
        const drop = db.prepare('DELETE FROM secrets WHERE name = ?')
        return inTransaction(db, () => names.filter((name) => drop.run(name).changes > 0))
      } finally {
        if (opened === undefined) db.close()
      }
    },
    close() {
      opened?.db.close()
      opened = undefined
    },
  }
}

function openDatabase(file: string, dir: string): DatabaseSync {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const db = new DatabaseSync(file)
    // Others may see that there are secrets, not even their names.
    chmodSync(file, 0o600)
    db.exec(`PRAGMA busy_timeout = 10000; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; ${schema}`)
    return db
  } catch (cause) {
    throw problem('SECRETS_UNUSABLE', { file, reason: (cause as Error).message }, { cause })
  }
}

/** The store says by what it is sealed: a passphrase when there is salt, else the key file. Undefined: by nothing yet. */
function keyOf(db: DatabaseSync, o: SecretStoreOptions): Buffer | undefined {
  const salt = about(db, 'salt')
  const sealedProof = about(db, 'proof')
  if (sealedProof === undefined) return undefined
  if (salt !== undefined && o.passphrase === undefined) throw problem('SECRETS_PASSPHRASE_MISSING', {})
  const key = salt === undefined ? readKeyFile(keyFileOf(o)) : keyOfPassphrase(o.passphrase ?? '', salt)
  if (key === undefined) throw problem('SECRETS_KEY_UNREADABLE', { file: keyFileOf(o), reason: 'it is not there' })
  if (unseal(key, proof, split(sealedProof)) === undefined)
    throw salt === undefined ? problem('SECRETS_KEY_WRONG', { file: keyFileOf(o) }) : problem('SECRETS_PASSPHRASE_WRONG', {})
  return key
}

function newStore(db: DatabaseSync, o: SecretStoreOptions): Buffer {
  return inTransaction(db, () => {
    // Another process may have been first.
    const known = keyOf(db, o)
    if (known !== undefined) return known
    const salt = o.passphrase === undefined ? undefined : newSalt()
    const key = salt === undefined ? makeKeyFile(keyFileOf(o)) : keyOfPassphrase(o.passphrase ?? '', salt)
    const put = db.prepare('INSERT INTO about VALUES (?, ?)')
    if (salt !== undefined) put.run('salt', salt)
    const { nonce, bytes } = seal(key, proof, 'slipway')
    put.run('proof', Buffer.concat([nonce, bytes]))
    return key
  })
}

function about(db: DatabaseSync, name: string): Uint8Array | undefined {
  return db.prepare('SELECT value FROM about WHERE name = ?').get(name)?.['value'] as Uint8Array | undefined
}

function split(bytes: Uint8Array): { readonly nonce: Uint8Array; readonly bytes: Uint8Array } {
  return { nonce: bytes.subarray(0, 12), bytes: bytes.subarray(12) }
}

function keyFileOf({ dir }: SecretStoreOptions): string {
  return join(dir, 'secrets.key')
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

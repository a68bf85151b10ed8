/**
 * Who runs a run: a lock file per process, held as long as the process lives and let go by the kernel however it ends.
 * So nobody has to trust process numbers, which are given again, mean something else in a container, and are unknown on some systems.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const ending = '.lock'
/** Nothing is ever written: a journal would only be one more file to leave behind. */
const lock = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'

export interface Claim {
  readonly owner: string
  release(): void
}

export function claim(dir: string): Claim {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (let tries = 0; ; tries++) {
    const made = tryClaim(dir, randomUUID())
    if (made !== undefined) return made
    if (tries > 100) throw new Error('somebody takes every new lock away')
  }
}

/** Undefined: between making the file and locking it, somebody took it for one that a dead process has left. */
function tryClaim(dir: string, owner: string): Claim | undefined {
  const file = lockFile(dir, owner)
  const db = new DatabaseSync(file)
  try {
    db.exec(lock)
    if (!existsSync(file)) return void db.close()
  } catch (error) {
    db.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return {
    owner,
    release() {
      db.close()
      rmSync(file, { force: true })
    },
  }
}

/** Everybody whose lock file is there, dead or alive. */
export function owners(dir: string): readonly string[] {
  return existsSync(dir) ? readdirSync(dir).flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : [])) : []
}

/** Does the work, and takes the lock file away, if the owner is no more. Two that ask at once: one of them does it. */
export function ifDead(dir: string, owner: string, work: () => void): boolean {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    db = new DatabaseSync(lockFile(dir, owner), { timeout: 0 })
    db.exec(lock)
  } catch (error) {
    db?.close()
    if (isBusy(error)) return false
    throw error
  }
  try {
    work()
    rmSync(lockFile(dir, owner), { force: true })
    return true
  } finally {
    db.close()
  }
}

function lockFile(dir: string, owner: string): string {
  return join(dir, owner + ending)
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5
}

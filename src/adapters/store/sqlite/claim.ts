/**
 * Who runs a run: a lock file per process, held as long as the process lives and let go by the kernel however it ends.
 * So nobody has to trust process numbers, which are given again, mean something else in a container, and are unknown on some systems.
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Claim {
  readonly owner: string
  release(): void
}

export function claim(dir: string): Claim {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const owner = randomUUID()
  const file = lockFile(dir, owner)
  const db = new DatabaseSync(file)
  db.exec('BEGIN EXCLUSIVE')
  return {
    owner,
    release() {
      db.close()
      rmSync(file, { force: true })
    },
  }
}

/** Does the work, and takes the lock file away, if the owner is no more. Two that ask at once: one of them does it. */
export function ifDead(dir: string, owner: string, work: () => void): boolean {
  let db: DatabaseSync | undefined
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    db = new DatabaseSync(lockFile(dir, owner), { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE')
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
  return join(dir, `${owner}.lock`)
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && Number(error.errcode) % 256 === 5
}

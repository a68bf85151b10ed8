/** What SQLite and the file system say of a failure, as problems. */
import { writeFileSync } from 'node:fs'
import { isProblem, problem } from '../../../base/problem.ts'
import { errorCode } from '../../../media/file-errors.ts'
import { suspicion } from './suspicion.ts'

/** Numbers of SQLite's documentation: a damaged page, and no database at all. */
const damaged = new Set([11, 26])

/** A database that may only be read, and a file that cannot be opened. */
const unwritable = new Set([8, 14])

export function saysUnwritable(error: unknown): boolean {
  return unwritable.has(sqliteCode(error) ?? 0)
}

export function saysDamaged(error: unknown): boolean {
  return damaged.has(sqliteCode(error) ?? 0)
}

/** Whoever meets damage has the next start look through the whole file. */
export function asProblem(error: unknown, file: string): unknown {
  if (isProblem(error)) return error
  if (sqliteCode(error) === undefined && errorCode(error) === undefined) return error
  const reason = (error as Error).message
  if (!saysDamaged(error)) return problem('HISTORY_FAILED', { file, reason }, { cause: error })
  try {
    writeFileSync(suspicion(file), '')
  } catch {
    // The next start meets it by itself, or is not kept from working.
  }
  return problem('HISTORY_BROKEN', { file, reason }, { cause: error })
}

function sqliteCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) % 256 : undefined
}

/** The number the next run of a pipeline would get, for plans. Reads only: without a history it is 1. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export function peekSequence(dir: string, pipeline: string): number {
  const file = join(dir, 'history.db')
  if (!existsSync(file)) return 1
  const db = new DatabaseSync(file, { readOnly: true, timeout: 2000 })
  try {
    const row = db.prepare('SELECT last FROM sequences WHERE pipeline = ?').get(pipeline)
    return Number(row?.['last'] ?? 0) + 1
  } catch {
    // Another layout, or a file that is no database: `run` will say so.
    return 1
  } finally {
    db.close()
  }
}

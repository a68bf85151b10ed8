/** Questions about runs, each answered by an index. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { RunFilter, RunName, RunRecord } from '../../../ports/history.ts'
import { readRun } from './read-run.ts'

const newestFirst = 'ORDER BY started DESC, run DESC LIMIT ?'
const few = 20

export function listRuns(db: DatabaseSync, { pipeline, status, limit = 50 }: RunFilter): readonly RunRecord[] {
  const byStatus: Condition[] = status === undefined ? [] : [['status = ?', status]]
  if (pipeline === undefined) return select(db, byStatus, limit)
  return merged(
    keysOf(db, pipeline).map((key) => select(db, [['pipeline = ?', key], ...byStatus], limit)),
    limit,
  )
}

export function namedRuns(db: DatabaseSync, name: RunName): readonly RunRecord[] {
  if ('prefix' in name)
    return select(
      db,
      [
        ['run >= ?', name.prefix],
        ['run < ?', `${name.prefix}\u{10ffff}`],
      ],
      few,
    )
  const { sequenceId, pipeline } = name
  if (pipeline === undefined) return select(db, [['sequence = ?', sequenceId]], few)
  return merged(
    keysOf(db, pipeline).map((key) =>
      select(
        db,
        [
          ['pipeline = ?', key],
          ['sequence = ?', sequenceId],
        ],
        few,
      ),
    ),
    few,
  )
}

type Condition = readonly [sql: string, value: SQLInputValue]

function select(db: DatabaseSync, conditions: readonly Condition[], limit: number): readonly RunRecord[] {
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`
  return db
    .prepare(`SELECT * FROM runs ${where} ${newestFirst}`)
    .all(...conditions.map(([, value]) => value), limit)
    .map(readRun)
}

/** Pipelines of one name in different projects are different pipelines. */
function keysOf(db: DatabaseSync, pipeline: string): readonly string[] {
  return db
    .prepare('SELECT pipeline, name FROM sequences')
    .all()
    .filter((row) => row['pipeline'] === pipeline || row['name'] === pipeline || String(row['pipeline']).split('/').at(-1) === pipeline)
    .map((row) => String(row['pipeline']))
}

function merged(lists: readonly (readonly RunRecord[])[], limit: number): readonly RunRecord[] {
  return lists
    .flat()
    .sort((a, b) => b.startedAt - a.startedAt || (a.run < b.run ? 1 : -1))
    .slice(0, limit)
}

/** Questions about runs, each answered by an index. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { RunFilter, RunName, RunRecord } from '../../../ports/history.ts'
import { readRun } from './read-run.ts'

const newestFirst = 'ORDER BY started DESC, run DESC LIMIT ?'
const few = 20

export function listRuns(db: DatabaseSync, { pipeline, status, branch, text, after, limit = 50 }: RunFilter): readonly RunRecord[] {
  const always: readonly Condition[] = [
    ...(status === undefined ? [] : [['status = ?', status] as const]),
    ...(branch === undefined ? [] : [['branch = ?', branch] as const]),
    ...(after === undefined ? [] : [['(started, run) < (?, ?)', after.startedAt, after.run] as const]),
  ]
  const ofPipeline: readonly Conditions[] = pipeline === undefined ? [[]] : keysOf(db, pipeline).map((key) => [['pipeline = ?', key]])
  const saying: readonly Conditions[] = text === undefined || text === '' ? [[]] : placesOf(db, text.toLowerCase())
  const questions = ofPipeline.flatMap((one) => saying.map((other) => [...one, ...other, ...always]))
  return merged(
    questions.map((conditions) => select(db, conditions, limit)),
    limit,
  )
}

export function namedRuns(db: DatabaseSync, name: RunName): readonly RunRecord[] {
  if ('prefix' in name) return select(db, [beginning(name.prefix)], few)
  const { sequenceId, pipeline } = name
  const counted: Condition = ['sequence = ?', sequenceId]
  if (pipeline === undefined) return select(db, [counted], few)
  return merged(
    keysOf(db, pipeline).map((key) => select(db, [['pipeline = ?', key], counted], few)),
    few,
  )
}

type Condition = readonly [sql: string, ...values: readonly SQLInputValue[]]
type Conditions = readonly Condition[]

function beginning(prefix: string): Condition {
  return ['run >= ? AND run < ?', prefix, `${prefix}\u{10ffff}`]
}

function select(db: DatabaseSync, conditions: Conditions, limit: number): readonly RunRecord[] {
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`
  return db
    .prepare(`SELECT * FROM runs ${where} ${newestFirst}`)
    .all(...conditions.flatMap(([, ...values]) => values), limit)
    .map(readRun)
}

/** Pipelines of one name in different projects are different pipelines. */
function keysOf(db: DatabaseSync, pipeline: string): readonly string[] {
  return sequences(db)
    .filter(({ key, name }) => key === pipeline || name === pipeline || key.split('/').at(-1) === pipeline)
    .map(({ key }) => key)
}

/** Where a text can stand, so that no run has to be looked at that does not have it. */
function placesOf(db: DatabaseSync, text: string): readonly Conditions[] {
  const number = /^#?(\d{1,15})$/.exec(text)?.[1]
  const pipelines = sequences(db).filter(({ key, name }) => key.toLowerCase().includes(text) || name.toLowerCase().includes(text))
  return [
    ...pipelines.map(({ key }): Conditions => [['pipeline = ?', key]]),
    ...branchesOf(db)
      .filter((branch) => branch.toLowerCase().includes(text))
      .map((branch): Conditions => [['branch = ?', branch]]),
    ...(number === undefined ? [] : [[['sequence = ?', Number(number)]] satisfies Conditions]),
    [beginning(text)],
  ]
}

function sequences(db: DatabaseSync): readonly { readonly key: string; readonly name: string }[] {
  return db
    .prepare('SELECT pipeline, name FROM sequences')
    .all()
    .map((row) => ({ key: String(row['pipeline']), name: String(row['name']) }))
}

/** From one to the next in the index, not through all runs. */
function branchesOf(db: DatabaseSync): readonly string[] {
  const next = (from: string): string => `(SELECT min(branch) FROM runs WHERE branch IS NOT NULL ${from})`
  const sql = `WITH RECURSIVE b(name) AS (SELECT ${next('')} UNION ALL SELECT ${next('AND branch > name')} FROM b WHERE name IS NOT NULL) SELECT name FROM b WHERE name IS NOT NULL`
  return db
    .prepare(sql)
    .all()
    .map((row) => String(row['name']))
}

/** One run may be the answer to several questions. */
function merged(lists: readonly (readonly RunRecord[])[], limit: number): readonly RunRecord[] {
  const [only, ...others] = lists
  if (only !== undefined && others.length === 0) return only
  return [...new Map(lists.flat().map((run) => [run.run, run])).values()].sort((a, b) => b.startedAt - a.startedAt || (a.run < b.run ? 1 : -1)).slice(0, limit)
}

/** History in SQLite; step output goes beside it into one append-only log file per run, so that log bytes never pass through the database. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import type { History, NewRun, RunRecord } from '../../../ports/history.ts'
import { logFiles } from './log-files.ts'
import { mergeBySeq } from './merge-by-seq.ts'
import { openDatabase } from './open-database.ts'
import { readRun } from './read-run.ts'

export function sqliteHistory(o: { readonly dir: string }): History {
  const db = openDatabase(join(o.dir, 'history.db'))
  const logs = logFiles(join(o.dir, 'logs'))
  return {
    begin: async (run) => begin(db, run),
    async append(recorded) {
      await logs.append(recorded.filter(({ event }) => event.kind === 'step.output'))
      insertEvents(
        db,
        recorded.filter(({ event }) => event.kind !== 'step.output'),
      )
    },
    async list({ pipeline, limit = 50 } = {}) {
      const where = pipeline === undefined ? '' : 'WHERE pipeline = ?'
      const values = pipeline === undefined ? [limit] : [pipeline, limit]
      return db
        .prepare(`SELECT * FROM runs ${where} ORDER BY started DESC, run DESC LIMIT ?`)
        .all(...values)
        .map(readRun)
    },
    async find(run) {
      const row = db.prepare('SELECT * FROM runs WHERE run = ?').get(run)
      return row === undefined ? undefined : readRun(row)
    },
    events: (run, { after = 0 } = {}) => mergeBySeq(storedEvents(db, run, after), logs.read(run, after)),
    async close() {
      await logs.close()
      db.close()
    },
  }
}

function begin(db: DatabaseSync, run: NewRun): RunRecord {
  db.exec('BEGIN IMMEDIATE')
  try {
    const next = db.prepare('INSERT INTO sequences VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last').get(run.pipeline)
    const sequenceId = Number(next?.['last'])
    db.prepare('INSERT INTO runs (run, pipeline, pipeline_name, pipeline_file, sequence, started, status) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
      run.run,
      run.pipeline,
      run.pipelineName,
      run.pipelineFile,
      sequenceId,
      run.startedAt,
      'running',
    )
    db.exec('COMMIT')
    return { ...run, sequenceId, status: 'running' }
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

function insertEvents(db: DatabaseSync, recorded: readonly Recorded[]): void {
  if (recorded.length === 0) return
  const insert = db.prepare('INSERT OR IGNORE INTO events (run, seq, at, event) VALUES (?, ?, ?, ?)')
  const finish = db.prepare('UPDATE runs SET finished = ?, status = ? WHERE run = ?')
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const { run, seq, at, event } of recorded) {
      insert.run(run, seq, at, JSON.stringify(event))
      if (event.kind === 'run.finished') finish.run(at, event.outcome.kind, run)
    }
    db.exec('COMMIT')
  } catch (error) {
    db.exec('ROLLBACK')
    throw error
  }
}

function* storedEvents(db: DatabaseSync, run: RunId, after: number): Generator<Recorded> {
  for (const row of db.prepare('SELECT seq, at, event FROM events WHERE run = ? AND seq > ? ORDER BY seq').iterate(run, after)) {
    yield { run, seq: Number(row['seq']), at: Number(row['at']), event: JSON.parse(String(row['event'])) as Recorded['event'] }
  }
}

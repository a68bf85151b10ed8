/** History in SQLite; step output goes beside it into files, so that log bytes never pass through the database. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import type { Recorded } from '../../../events/run-event.ts'
import type { History, NewRun, RunRecord } from '../../../ports/history.ts'
import { logFolder } from '../logs/log-folder.ts'
import { type Claim, claim } from './claim.ts'
import { inTransaction } from './in-transaction.ts'
import { keepCounting } from './keep-counting.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { openDatabase } from './open-database.ts'
import { readAll } from './read-all.ts'
import { readRun } from './read-run.ts'
import { recoverRuns } from './recover.ts'
import { listRuns, namedRuns } from './run-queries.ts'
import { readGiven, sealGiven } from './sealed-given.ts'
import { asProblem } from './sqlite-errors.ts'
import { turnsOf } from './turns.ts'

export interface SqliteHistoryOptions {
  /** Data folder. */
  readonly dir: string
  /** Told what people should know: that a damaged database was put aside. */
  readonly tell?: (note: Diagnostic) => void
}

export async function sqliteHistory({ dir, tell }: SqliteHistoryOptions): Promise<History> {
  const file = join(dir, 'history.db')
  const runners = join(dir, 'runners')
  const logs = logFolder(join(dir, 'logs'))
  const { db, damaged, readOnly } = openDatabase(file, randomUUID)
  if (damaged !== undefined) {
    await keepCounting(db, { logs: join(dir, 'logs'), damaged })
    tell?.(diagnose('HISTORY_DAMAGED', { file, aside: damaged }))
  }
  let mine: Claim | undefined
  const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw asProblem(error, file)
    }
  }
  const writing = oneAtATime()
  return {
    begin: (run) =>
      guarded(async () => {
        mine ??= claim(runners)
        const record = begin(db, run, { owner: mine.owner, dir })
        await logs.begin(run.run, record)
        return record
      }),
    append: (recorded) =>
      writing(() =>
        guarded(async () => {
          for (const turn of turnsOf(recorded)) {
            if (turn.output) await logs.append(turn.recorded)
            else insertEvents(db, turn.recorded)
          }
        }),
      ),
    resume: (run) =>
      guarded(() => {
        mine ??= claim(runners)
        const take = "UPDATE runs SET status = 'running', owner = ?, finished = NULL WHERE run = ? AND status = 'interrupted' RETURNING *"
        const row = db.prepare(take).get(mine.owner, run)
        return row === undefined ? undefined : readRun(row)
      }),
    recover: () => guarded(() => (readOnly === true ? [] : recoverRuns(db, { runners, self: mine?.owner, lastOutput: logs.lastAt }))),
    list: (filter = {}) => guarded(() => listRuns(db, filter)),
    find: (run) =>
      guarded(() => {
        const row = db.prepare('SELECT * FROM runs WHERE run = ?').get(run)
        return row === undefined ? undefined : readRun(row)
      }),
    named: (name) => guarded(() => namedRuns(db, name)),
    given: (run) => guarded(() => readGiven(db, dir, run)),
    async *events(run, range = {}) {
      try {
        yield* readAll(db, logs, run, range)
      } catch (error) {
        throw asProblem(error, file)
      }
    },
    outputMark: (run, mark) => guarded(() => logs.mark(run, mark)),
    remove: (runs) =>
      guarded(async () => {
        const drop = db.prepare('DELETE FROM runs WHERE run = ?')
        inTransaction(db, () => runs.forEach((run) => void drop.run(run)))
        for (const run of runs) await logs.remove(run)
      }),
    strays: ({ remove }) =>
      guarded(async () => {
        const known = db.prepare('SELECT 1 FROM runs WHERE run = ?')
        const strays = (await logs.runs()).filter((run) => known.get(run) === undefined)
        let bytes = 0
        for (const run of strays) bytes += await logs.bytes(run)
        if (remove) for (const run of strays) await logs.remove(run)
        return { count: strays.length, bytes }
      }),
    async close() {
      await logs.close()
      db.close()
      mine?.release()
    },
  }
}

/** A number that is given goes to the disk itself: images carry it, so not even a power cut may have it given again. */
function begin(db: DatabaseSync, run: NewRun, { owner, dir }: { readonly owner: string; readonly dir: string }): RunRecord {
  const sealed = run.given === undefined ? undefined : sealGiven(dir, run.run, run.given)
  db.exec('PRAGMA synchronous = FULL')
  try {
    return inTransaction(db, () => {
      const count =
        'INSERT INTO sequences (pipeline, last, name) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET last = last + 1, name = excluded.name RETURNING last'
      const sequenceId = Number(db.prepare(count).get(run.pipeline, run.pipelineName)?.['last'])
      const { branch, commitSha: commit } = run.given?.codebase ?? {}
      const columns = 'run, pipeline, pipeline_name, pipeline_file, sequence, started, status, owner, branch, commit_sha'
      const about = [run.run, run.pipeline, run.pipelineName, run.pipelineFile, sequenceId, run.startedAt, 'running', owner]
      db.prepare(`INSERT INTO runs (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`).run(...about, branch ?? null, commit ?? null)
      if (sealed !== undefined) db.prepare('INSERT INTO given VALUES (?, ?, ?)').run(run.run, sealed.nonce, sealed.bytes)
      const { given: _, ...record } = run
      return { ...record, sequenceId, status: 'running', ...(branch !== undefined && { branch }), ...(commit !== undefined && { commit }) }
    })
  } finally {
    db.exec('PRAGMA synchronous = NORMAL')
  }
}

function insertEvents(db: DatabaseSync, recorded: readonly Recorded[]): void {
  const insert = db.prepare('INSERT OR IGNORE INTO events (run, seq, at, event) VALUES (?, ?, ?, ?)')
  const finish = db.prepare('UPDATE runs SET finished = ?, status = ? WHERE run = ?')
  const place = db.prepare('UPDATE runs SET branch = coalesce(?, branch), commit_sha = coalesce(?, commit_sha) WHERE run = ?')
  inTransaction(db, () => {
    for (const { run, seq, at, event } of recorded) {
      insert.run(run, seq, at, JSON.stringify(event))
      if (event.kind === 'run.finished') finish.run(at, event.outcome.kind, run)
      if (event.kind === 'code.placed' && event.underBuild) place.run(event.codebase.branch ?? null, event.codebase.commitSha ?? null, run)
    }
  })
}

/** Runs whose process is no more get the end that it could not write. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Instant } from '../../../base/clock.ts'
import type { RunId } from '../../../events/run-event.ts'
import type { RunRecord } from '../../../ports/history.ts'
import { ifDead, owners } from './claim.ts'
import { inTransaction } from './in-transaction.ts'
import { readRun } from './read-run.ts'

export interface RecoverOptions {
  /** Folder of the locks. */
  readonly runners: string
  /** Our own lock, which is not to be asked about. */
  readonly self: string | undefined
  readonly lastOutput: (run: RunId) => Promise<Instant | undefined>
}

export async function recoverRuns(db: DatabaseSync, o: RecoverOptions): Promise<readonly RunRecord[]> {
  const running = db.prepare("SELECT * FROM runs WHERE status = 'running'").all()
  const recovered: RunRecord[] = []
  for (const [owner, rows] of Map.groupBy(running, (row) => row['owner'])) {
    if (owner !== null && owner === o.self) continue
    const ends = new Map<RunId, Instant>()
    for (const row of rows) {
      const { run, startedAt } = readRun(row)
      ends.set(run, Math.max(startedAt, lastEvent(db, run), (await o.lastOutput(run)) ?? 0))
    }
    const end = (): void => void recovered.push(...markInterrupted(db, ends, owner ?? null))
    // Rows without an owner are from a version that noted none.
    if (owner === null) end()
    else ifDead(o.runners, String(owner), end)
  }
  // Killed after its last run had ended: only the lock is left.
  const idle = owners(o.runners).filter((owner) => owner !== o.self && !running.some((row) => row['owner'] === owner))
  for (const owner of idle) ifDead(o.runners, owner, () => undefined)
  return recovered
}

function markInterrupted(db: DatabaseSync, ends: ReadonlyMap<RunId, Instant>, owner: SQLOutputValue): readonly RunRecord[] {
  // It may have ended in good order since we asked, or be gone on with by somebody else.
  const mark = db.prepare("UPDATE runs SET status = 'interrupted', finished = ? WHERE run = ? AND status = 'running' AND owner IS ? RETURNING *")
  return inTransaction(db, () => [...ends].flatMap(([run, at]) => mark.all(at, run, owner).map(readRun)))
}

function lastEvent(db: DatabaseSync, run: RunId): Instant {
  return Number(db.prepare('SELECT at FROM events WHERE run = ? ORDER BY seq DESC LIMIT 1').get(run)?.['at'] ?? 0)
}

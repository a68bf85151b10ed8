/** The events of a run from both stores, in order of `seq` and without gaps, also while the run's process writes. */
import type { DatabaseSync } from 'node:sqlite'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import type { EventRange } from '../../../ports/history.ts'
import type { LogFolder } from '../logs/log-folder.ts'
import { mergeBySeq } from './merge-by-seq.ts'

/** Output up to the last event is whole, because it was written before it. Of what comes after, we take what was there before we looked for events. */
export async function* readAll(db: DatabaseSync, logs: LogFolder, run: RunId, { after = 0, outputAfter = 0, step }: EventRange): AsyncGenerator<Recorded> {
  const sure = await logs.extent(run)
  const rows = db.prepare('SELECT seq, at, event FROM events WHERE run = ? AND seq > ? ORDER BY seq').all(run, after)
  const last = Number(rows.at(-1)?.['seq'] ?? after)
  const first = Math.max(after, outputAfter)
  const ofStep = step === undefined ? {} : { step }
  const output = joined(
    logs.read(run, { ...ofStep, after: first, until: last, extent: await logs.extent(run) }),
    logs.read(run, { ...ofStep, after: Math.max(first, last), extent: sure }),
  )
  yield* mergeBySeq(storedEvents(rows, run, step), output)
}

async function* joined(...parts: readonly AsyncIterable<Recorded>[]): AsyncGenerator<Recorded> {
  for (const part of parts) yield* part
}

function* storedEvents(rows: readonly Record<string, unknown>[], run: RunId, step: string | undefined): Generator<Recorded> {
  for (const row of rows) {
    const event = JSON.parse(String(row['event'])) as Recorded['event']
    if (step === undefined || ('step' in event && event.step === step)) yield { run, seq: Number(row['seq']), at: Number(row['at']), event }
  }
}

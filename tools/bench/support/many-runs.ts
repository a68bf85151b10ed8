/** A data folder with a long history: so many runs of ten pipelines, two events each, as years of work leave them. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteHistory } from '../../../src/adapters/store/sqlite/sqlite-history.ts'
import { uniqueId } from '../../../src/base/unique-id.ts'
import type { RunEvent } from '../../../src/events/run-event.ts'

const pipelines = 10
const minute = 60_000

/** The runs end now, one a minute; every seventh failed. */
export async function manyRuns(dir: string, count: number, now: number): Promise<void> {
  // History makes the layout; rows are put in together, because a history that is lived takes a day.
  await (await sqliteHistory({ dir })).close()
  const db = new DatabaseSync(join(dir, 'history.db'))
  try {
    db.exec('PRAGMA synchronous = OFF; BEGIN')
    const run = db.prepare(
      'INSERT INTO runs (run, pipeline, pipeline_name, pipeline_file, sequence, started, finished, status, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    )
    const event = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?)')
    for (let i = 0; i < count; i++) {
      const started = now - (count - i) * minute
      const name = `pipeline-${i % pipelines}`
      const id = uniqueId(started, new Uint8Array(16).fill(i % 251))
      const status = i % 7 === 3 ? 'failed' : 'passed'
      run.run(id, `acme/shop/${name}`, name, `/work/${name}.yaml`, Math.floor(i / pipelines) + 1, started, started + minute, status, 'bench')
      for (const [seq, told] of story(name, status).entries()) event.run(id, seq + 1, started + seq, JSON.stringify(told))
    }
    for (let p = 0; p < Math.min(pipelines, count); p++) {
      const last = Math.ceil((count - p) / pipelines)
      db.prepare('INSERT INTO sequences (pipeline, last, name) VALUES (?, ?, ?)').run(`acme/shop/pipeline-${p}`, last, `pipeline-${p}`)
    }
    db.exec('COMMIT')
  } finally {
    db.close()
  }
}

function story(name: string, status: 'passed' | 'failed'): readonly RunEvent[] {
  return [
    { kind: 'run.started', plan: { pipeline: { identifier: name, name }, stages: [] }, sequenceId: 1, pipelineFile: `/work/${name}.yaml` },
    { kind: 'run.finished', outcome: status === 'passed' ? { kind: 'passed' } : { kind: 'failed', exit: { kind: 'exited', code: 1 } } },
  ]
}

/** A history of many runs, written straight into its tables: through its port, with the files of each run, that takes an hour. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteHistory } from '../../../src/adapters/store/sqlite/sqlite-history.ts'

export const manyRuns = 100_000

export async function writeManyRuns(home: string): Promise<void> {
  await (await sqliteHistory({ dir: home })).close()
  const db = new DatabaseSync(join(home, 'history.db'))
  const insert = db.prepare(
    'INSERT INTO runs (run, pipeline, pipeline_name, pipeline_file, sequence, started, finished, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  db.exec('BEGIN')
  for (let i = 0; i < manyRuns; i++) {
    const pipeline = `acme/shop/web${i % 40}`
    const started = 1_800_000_000_000 + i * 60_000
    const status = i % 7 === 0 ? 'failed' : 'passed'
    insert.run(
      started.toString(36).padStart(26, '0'),
      pipeline,
      `web ${i % 40}`,
      `web${i % 40}.yaml`,
      Math.floor(i / 40) + 1,
      started,
      started + 30_000,
      status,
    )
  }
  db.exec('COMMIT')
  db.close()
}

/** Milliseconds of one listing, with the newest 50, as `slipway runs` asks for them; the history is opened for it. */
export async function timeListing(home: string): Promise<number> {
  const started = performance.now()
  const history = await sqliteHistory({ dir: home })
  const runs = await history.list({ limit: 50 })
  const ms = performance.now() - started
  await history.close()
  if (runs.length !== 50) throw new Error(`50 runs were to be listed, not ${runs.length}`)
  return ms
}

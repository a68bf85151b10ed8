/** A new database in the place of a damaged one goes on with the numbers: from what the old one still says, and from the folders of runs. */
import { DatabaseSync } from 'node:sqlite'
import { numbersGiven } from '../logs/log-folder.ts'
import { inTransaction } from './in-transaction.ts'

interface Count {
  readonly pipeline: string
  readonly name: string
  readonly last: number
}

export async function keepCounting(db: DatabaseSync, o: { readonly logs: string; readonly damaged: string }): Promise<void> {
  const ofFolders = [...(await numbersGiven(o.logs)).values()].map((about) => ({ pipeline: about.pipeline, name: about.pipelineName, last: about.sequenceId }))
  const put = db.prepare(
    'INSERT INTO sequences (pipeline, last, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last), name = excluded.name',
  )
  inTransaction(db, () => {
    for (const { pipeline, name, last } of [...countsOf(o.damaged), ...ofFolders]) put.run(pipeline, last, name)
  })
}

function countsOf(file: string): readonly Count[] {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true })
    return db
      .prepare('SELECT pipeline, name, last FROM sequences')
      .all()
      .map((row) => ({ pipeline: String(row['pipeline']), name: String(row['name']), last: Number(row['last']) }))
  } catch {
    // Too damaged to tell.
    return []
  } finally {
    db?.close()
  }
}

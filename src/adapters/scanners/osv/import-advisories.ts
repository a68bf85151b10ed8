/** Mirrors of OSV into one database file, which appears whole or not at all. */
import type { Instant } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import { writeAtomically } from '../../../media/atomic-file.ts'
import { compile } from '../../../scan/osv/compile.ts'
import { readOsvRecord } from '../../../scan/osv/record.ts'
import { type AdvisoryFile, advisoryFiles } from './advisory-files.ts'
import type { DatabaseHead } from './database-format.ts'
import { type DatabaseWriter, databaseWriter } from './write-database.ts'

export interface ImportOptions {
  /** Absolute paths of folders and archives. */
  readonly sources: readonly string[]
  /** Where the database shall be; an older one is replaced. */
  readonly database: string
  readonly nowMs: Instant
  readonly signal: AbortSignal
  /** Told how many advisories were read so far. */
  readonly progress?: (records: number) => void
  /** Makes a database of nothing, which whoever opens it will refuse. */
  readonly mayBeEmpty?: boolean
}

type Source = DatabaseHead['sources'][number]

/** Throws SCAN_IMPORT_REFUSED for what is no mirror of advisories; then an older database stays as it was. */
export async function importAdvisories(o: ImportOptions): Promise<DatabaseHead> {
  let head: DatabaseHead | undefined
  await writeAtomically(o.database, async (file) => {
    const writer = databaseWriter(file)
    const seen = new Set<string>()
    const sources: Source[] = []
    let records = 0
    for (const path of o.sources) {
      const before = records
      const source = await addSource(path, writer, { ...o, seen, progress: (n) => o.progress?.(before + n) })
      records += source.records
      sources.push(source)
    }
    head = await writer.finish({ sources, importedMs: o.nowMs })
    if (head.advisories === 0 && o.mayBeEmpty !== true) throw problem('SCAN_IMPORT_REFUSED', { source: o.sources.join(', '), reason: nothingIn(head) })
  })
  if (head === undefined) throw new Error('the database was written')
  return head
}

function nothingIn({ passedOver }: DatabaseHead): string {
  const others = Object.keys(passedOver)
  return others.length === 0 ? 'there is no advisory in it' : `its advisories are about ${others.join(', ')}, which are not judged`
}

const progressEvery = 1000

async function addSource(path: string, writer: DatabaseWriter, o: ImportOptions & { readonly seen: Set<string> }): Promise<Source> {
  let [records, newestMs] = [0, 0]
  for await (const file of advisoryFiles(path, o)) {
    for (const value of valuesOf(file)) {
      const record = readOsvRecord(value)
      if (record === undefined) throw problem('SCAN_IMPORT_REFUSED', { source: path, reason: `${file.name} is no advisory in the format of OSV` })
      if (o.seen.has(record.id)) continue
      o.seen.add(record.id)
      records++
      // A date in the future would hide that the mirror is old.
      newestMs = Math.max(newestMs, Math.min(Date.parse(record.modified), o.nowMs))
      await writer.add(compile(record))
      if (records % progressEvery === 0) o.progress?.(records)
    }
  }
  o.signal.throwIfAborted()
  return { name: path, records, newestMs }
}

/** A file is an advisory, or a list of them. */
function valuesOf({ name, bytes }: AdvisoryFile): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return Array.isArray(value) ? value : [value]
  } catch (cause) {
    throw problem('SCAN_IMPORT_REFUSED', { source: name, reason: 'it is no JSON' }, { cause })
  }
}

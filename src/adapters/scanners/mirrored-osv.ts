/** The embedded scanner over a mirror of advisories in a folder or archive: taken in when it is first asked, and again when the mirror has changed. */
import { createHash } from 'node:crypto'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { isProblem, problem } from '../../base/problem.ts'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import type { Scanner } from '../../ports/scanner.ts'
import { magic } from './osv/database-format.ts'
import { importAdvisories } from './osv/import-advisories.ts'
import { osvScanner } from './osv/osv-scanner.ts'

export interface MirroredOptions {
  /** Data folder. */
  readonly home: string
  readonly clock: Clock
  /** Absolute path of a folder or archive of advisories, or of a database that was made of them. */
  readonly mirror: string
  readonly maxAgeDays: number
}

type Waiting = { readonly signal: AbortSignal }

export function mirroredOsv({ home, clock, mirror, maxAgeDays }: MirroredOptions): Scanner {
  const scannerAt = (database?: string): Scanner => osvScanner({ home, clock, maxAgeDays, ...(database !== undefined && { database }) })
  let taken: Promise<string> | undefined
  const scanner = async (o: Waiting): Promise<Scanner> => {
    taken ??= databaseOf({ home, clock, mirror }, o)
    return scannerAt(
      await taken.catch((error: unknown) => {
        taken = undefined
        throw error
      }),
    )
  }
  const { name, list } = scannerAt()
  return {
    name,
    async check(o) {
      try {
        return await (await scanner(o)).check(o)
      } catch (error) {
        if (isProblem(error)) return [error.diagnostic]
        throw error
      }
    },
    async scan(request, o) {
      const report = await (await scanner(o)).scan(request, o)
      // People know it by what they named.
      return { ...report, database: { ...report.database, name: mirror } }
    },
    ...(list !== undefined && { list }),
  }
}

async function databaseOf({ home, clock, mirror }: Pick<MirroredOptions, 'home' | 'clock' | 'mirror'>, { signal }: Waiting): Promise<string> {
  const facts = await stat(mirror).catch(() => undefined)
  if (facts === undefined) {
    const remedy = 'Name a folder or archive of advisories in the format of OSV, or import one with `slipway db import`.'
    throw problem('SCAN_DATABASE_MISSING', { scanner: 'osv', reason: `there is nothing at ${mirror}`, remedy })
  }
  if (facts.isFile() && (await isDatabase(mirror))) return mirror
  const database = join(home, 'advisories', 'mirrors', `${createHash('sha256').update(mirror).digest('hex')}.db`)
  const [mark, now] = [`${database}.of`, await printOf(mirror, signal)]
  if ((await readFile(mark, 'utf8').catch(() => undefined)) === now && (await stat(database).catch(() => undefined)) !== undefined) return database
  await importAdvisories({ sources: [mirror], database, nowMs: clock.now(), signal })
  await writeFileAtomically(mark, now)
  return database
}

async function isDatabase(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
    return buffer.equals(magic)
  } finally {
    await file.close()
  }
}

/** Other when a file was added, changed or removed. */
async function printOf(mirror: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(mirror, { recursive: true }).catch(() => [''])
  for (const entry of entries.sort()) {
    signal.throwIfAborted()
    const { size, mtimeMs } = await stat(join(mirror, entry))
    hash.update(`${entry}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** The embedded scanner: packages read from the layers themselves, compared with advisories in OSV's format that were imported before. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { diagnose } from '../../../base/diagnostic.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import { unreachable } from '../../../base/unreachable.ts'
import type { Scanner, Scanning, ScanTarget } from '../../../ports/scanner.ts'
import { matchPackages } from '../../../scan/osv/match.ts'
import type { Inventory, ScanReport } from '../../../scan/report.ts'
import { readSbom } from '../../../scan/sbom/read-sbom.ts'
import { layerMemory } from './layer-memory.ts'
import { databaseFor } from './mirror-database.ts'
import { databasePath, importRemedy, scannerName } from './names.ts'
import { type AdvisoryDatabase, openDatabase } from './open-database.ts'
import { readFolder } from './read-folder.ts'
import { readImage } from './read-image.ts'

export interface OsvOptions {
  /** Data folder. */
  readonly home: string
  readonly clock: Pick<Clock, 'now'>
  /** Absolute path of an imported database, or of a mirror: a folder or archive of advisories. Without it the database of the data folder. */
  readonly database?: string
  /** Older databases are refused. */
  readonly maxAgeDays?: number
}

const usualAge = 30
const day = 86_400_000

export function osvScanner(o: OsvOptions): Scanner {
  const path = o.database ?? databasePath(o.home)
  const memory = layerMemory(join(o.home, 'scan', 'layers'), { now: () => o.clock.now() })
  const open = async (signal: AbortSignal): Promise<AdvisoryDatabase> => {
    const from = await databaseFor(path, { dir: join(o.home, 'scan', 'mirrors'), nowMs: o.clock.now(), signal })
    return openUsable(from, { ...o, name: path })
  }
  const list = (target: ScanTarget, s: Scanning): Promise<Inventory> => inventory(target, { ...s, memory })
  return {
    name: scannerName,
    async check({ signal }) {
      try {
        const usable = await open(signal)
        usable.close()
        return []
      } catch (error) {
        if (isProblem(error)) return [error.diagnostic]
        throw error
      }
    },
    async scan({ target, arguments: unknown = [] }, s) {
      s.signal.throwIfAborted()
      if (unknown.length > 0) s.note?.(diagnose('SCAN_ARGUMENTS_UNUSED', { scanner: scannerName, arguments: unknown.join(' ') }))
      const database = await open(s.signal)
      try {
        return judge(await list(target, s), database)
      } finally {
        database.close()
      }
    },
    list: async ({ target }, s) => {
      s.signal.throwIfAborted()
      return list(target, s)
    },
  }
}

/** Throws when the database is missing, broken, empty or too old. */
function openUsable(path: string, o: OsvOptions & { readonly name: string }): AdvisoryDatabase {
  const database = openDatabase(path)
  const facts = { scanner: scannerName, database: o.name, remedy: importRemedy }
  const { head } = database
  const limit = o.maxAgeDays ?? usualAge
  const newestMs = oldestSource(database)
  let fault: Error | undefined
  if (head.advisories === 0) fault = problem('SCAN_DATABASE_EMPTY', facts)
  else if (newestMs < o.clock.now() - limit * day)
    fault = problem('SCAN_DATABASE_STALE', { ...facts, date: new Date(newestMs).toISOString().slice(0, 10), limit })
  if (fault === undefined) return database
  database.close()
  throw fault
}

/** As old as the oldest of the mirrors that it was made from; each is as old as its newest advisory. */
function oldestSource({ head }: AdvisoryDatabase): number {
  return Math.min(...head.sources.filter(({ records }) => records > 0).map(({ newestMs }) => newestMs))
}

async function inventory(target: ScanTarget, o: Scanning & { readonly memory: ReturnType<typeof layerMemory> }): Promise<Inventory> {
  switch (target.kind) {
    case 'image': {
      const { contents, ...image } = await readImage(target, o)
      return { ...image, packages: contents.packages, unjudged: contents.unjudged }
    }
    case 'folder': {
      const { packages, unjudged, distribution } = await readFolder(target.folder, o)
      return { target: { kind: 'folder', name: target.name, ...(distribution !== undefined && { distribution }) }, layers: [], packages, unjudged }
    }
    case 'sbom':
      return readBill(target)
    default:
      return unreachable(target)
  }
}

async function readBill({ name, file }: Extract<ScanTarget, { kind: 'sbom' }>): Promise<Inventory> {
  const refused = (reason: string, cause?: unknown) => problem('SCAN_TARGET_REFUSED', { scanner: scannerName, target: name, reason }, { cause })
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw refused(cause.message, cause)
  })
  const read = readSbom(text, { name })
  if (!read.ok) throw refused(read.reason)
  return read.inventory
}

function judge(found: Inventory, database: AdvisoryDatabase): ScanReport {
  const { findings, unjudged: without, judged } = matchPackages(found.packages, found.target.distribution, database)
  const unjudged = [...found.unjudged, ...without]
  if (judged === 0 && unjudged.length > 0) {
    const reasons = unjudged.map(({ what, reason }) => `${what} (${reason})`).join('; ')
    throw problem('SCAN_NOTHING_JUDGED', { target: found.target.name, reasons })
  }
  const { head, path } = database
  return {
    ...found,
    unjudged,
    findings,
    scanner: { name: scannerName },
    database: { name: path, updatedMs: oldestSource(database), advisories: head.advisories },
  }
}

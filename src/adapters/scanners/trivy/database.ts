/** trivy's vulnerability database, looked at before it is used: with one that is missing, empty or old, trivy itself finds nothing and says that all is well. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Instant } from '../../../base/clock.ts'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import type { DatabaseFacts } from '../../../scan/report.ts'
import { BoltDamage, boltBuckets } from './bolt-file.ts'

export interface TrivyDatabase {
  readonly facts: DatabaseFacts
  /** Names of its sources of advisories, such as `debian 12` and `npm::GitHub Security Advisory Npm`. */
  readonly sources: readonly string[]
}

export type DatabaseFound = { readonly ok: true; readonly database: TrivyDatabase } | { readonly ok: false; readonly why: Diagnostic }

const day = 86_400_000
const metadata = v.looseObject({ Version: v.number(), UpdatedAt: v.string() })

/** Not advisories, but what is said about them. */
const others = ['vulnerability', 'data-source', 'trivy', 'vulnerability-detail', 'Red Hat CPE']

export async function trivyDatabase(cacheDir: string, o: { readonly maxAgeDays: number; readonly now: Instant }): Promise<DatabaseFound> {
  const dir = join(cacheDir, 'db')
  const [file, about] = [join(dir, 'trivy.db'), join(dir, 'metadata.json')]
  const remedy = `fetch it with \`trivy image --download-db-only --cache-dir ${cacheDir}\`, or bring it from a machine that can`
  const who = { scanner: 'trivy', database: dir, remedy }
  const broken = (reason: string): DatabaseFound => ({ ok: false, why: diagnose('SCAN_DATABASE_BROKEN', { ...who, reason }) })
  const [text, facts] = [await readFile(about, 'utf8').catch(() => undefined), await stat(file).catch(() => undefined)]
  if (text === undefined || facts === undefined) {
    const reason = `there is no ${facts === undefined ? file : about}`
    return { ok: false, why: diagnose('SCAN_DATABASE_MISSING', { scanner: 'trivy', reason, remedy }) }
  }
  const read = v.safeParse(metadata, parsed(text))
  const updatedMs = read.success ? Date.parse(read.output.UpdatedAt) : Number.NaN
  if (!read.success || Number.isNaN(updatedMs)) return broken('its metadata.json does not say of when it is')
  if (read.output.Version !== 2) return broken(`it is of version ${read.output.Version}, trivy of today reads 2`)
  const sources = await sourcesOf(file)
  if (typeof sources === 'string') return broken(sources)
  if (sources.length === 0) return { ok: false, why: diagnose('SCAN_DATABASE_EMPTY', who) }
  if (o.now - updatedMs > o.maxAgeDays * day) {
    const date = new Date(updatedMs).toISOString().slice(0, 10)
    return { ok: false, why: diagnose('SCAN_DATABASE_STALE', { ...who, date, limit: o.maxAgeDays }) }
  }
  return { ok: true, database: { facts: { name: dir, version: String(read.output.Version), updatedMs }, sources } }
}

/** A text says what is wrong with it. */
async function sourcesOf(file: string): Promise<readonly string[] | string> {
  try {
    const buckets = await boltBuckets(file)
    return buckets.filter(({ name, empty }) => !empty && !others.includes(name)).map(({ name }) => name)
  } catch (error) {
    if (error instanceof BoltDamage) return error.message
    if (error instanceof RangeError) return 'its pages are not what they say'
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Advisories in OSV's format, as mirrors have them: written for tests, for one package each. */
import { join } from 'node:path'
import { importAdvisories } from '../../src/adapters/scanners/osv/import-advisories.ts'
import type { Files, TempProject } from './temp-project.ts'

export interface MadeAdvisory {
  readonly id: string
  readonly ecosystem: string
  readonly package: string
  /** Flaws that nobody has fixed have none. */
  readonly fixed?: string
  /** A word, or a vector. */
  readonly severity?: string
  readonly modified?: string
  readonly more?: Readonly<Record<string, unknown>>
}

/** As Debian's are named: the CVE is what they have upstream. */
export function osvAdvisory({ id, ecosystem, package: name, fixed, severity, modified, more }: MadeAdvisory): Record<string, unknown> {
  const distributed = ecosystem.includes(':')
  const vector = severity?.startsWith('CVSS:') === true
  return {
    schema_version: '1.7.0',
    id: distributed && id.startsWith('CVE-') ? `${ecosystem.split(':')[0]?.toUpperCase()}-${id}` : id,
    modified: modified ?? new Date().toISOString(),
    ...(distributed && { upstream: [id] }),
    summary: `a flaw of ${name}`,
    details: `What ${name} does wrong.`,
    references: [{ type: 'WEB', url: `https://advisories.example/${id}` }],
    ...(vector && { severity: [{ type: severity?.startsWith('CVSS:4') === true ? 'CVSS_V4' : 'CVSS_V3', score: severity }] }),
    ...(!vector && severity !== undefined && !distributed && { database_specific: { severity: severity.toUpperCase() } }),
    affected: [
      {
        package: { ecosystem, name },
        ranges: [{ type: ecosystem === 'npm' ? 'SEMVER' : 'ECOSYSTEM', events: [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])] }],
        ...(!vector && severity !== undefined && distributed && { ecosystem_specific: { urgency: severity } }),
      },
    ],
    ...more,
  }
}

export function mirrorFiles(folder: string, advisories: readonly MadeAdvisory[]): Files {
  return Object.fromEntries(advisories.map((one, i) => [`${folder}/${i}-${one.id}.json`, JSON.stringify(osvAdvisory(one))]))
}

/** A database of them in a project of the test. Answers its path. */
export async function osvDatabase(
  project: TempProject,
  advisories: readonly MadeAdvisory[],
  o: { readonly nowMs?: number; readonly name?: string } = {},
): Promise<string> {
  const name = o.name ?? 'mirror'
  project.write(mirrorFiles(name, advisories))
  const database = join(project.dir, `${name}.db`)
  await importAdvisories({ sources: [project.path(name)], database, nowMs: o.nowMs ?? Date.now(), signal: AbortSignal.timeout(600_000) })
  return database
}

/** The door for advisories in OSV's format: what is used of them, checked by hand since there are hundreds of thousands. */
import { isObject } from '../read/npm.ts'

export interface OsvEvent {
  readonly introduced?: string
  readonly fixed?: string
  readonly last_affected?: string
  readonly limit?: string
}

export interface OsvSeverity {
  readonly type: string
  readonly score: string
}

export interface OsvAffected {
  readonly ecosystem: string
  readonly name: string
  readonly ranges: readonly (readonly OsvEvent[])[]
  readonly versions: readonly string[]
  readonly severity: readonly OsvSeverity[]
  /** Words that rate it: Debian's urgency, Ubuntu's priority. */
  readonly rating?: string
  /** GitHub's way to end a range that has no fix: `<= 1.2.3`. */
  readonly lastKnown?: string
}

export interface OsvRecord {
  readonly id: string
  readonly modified: string
  readonly withdrawn: boolean
  readonly aliases: readonly string[]
  readonly upstream: readonly string[]
  readonly related: readonly string[]
  readonly summary?: string
  readonly details?: string
  readonly severity: readonly OsvSeverity[]
  readonly rating?: string
  readonly references: readonly string[]
  readonly affected: readonly OsvAffected[]
}

/** Undefined for what is no advisory. Members of the wrong kind are passed over, as if they were not there. */
export function readOsvRecord(value: unknown): OsvRecord | undefined {
  if (!isObject(value)) return undefined
  const { id, modified, summary, details } = value
  if (typeof id !== 'string' || id === '' || id.length > 200 || typeof modified !== 'string' || Number.isNaN(Date.parse(modified))) return undefined
  const rating = ratingOf(value['database_specific'])
  return {
    id,
    modified,
    withdrawn: typeof value['withdrawn'] === 'string',
    aliases: strings(value['aliases']),
    upstream: strings(value['upstream']),
    related: strings(value['related']),
    ...(typeof summary === 'string' && summary !== '' && { summary }),
    ...(typeof details === 'string' && details !== '' && { details }),
    severity: severities(value['severity']),
    ...(rating !== undefined && { rating }),
    references: objects(value['references']).flatMap(({ url }) => (typeof url === 'string' ? [url] : [])),
    affected: objects(value['affected']).flatMap(affectedOf),
  }
}

function affectedOf(value: Readonly<Record<string, unknown>>): readonly OsvAffected[] {
  const { package: of, database_specific: specific } = value
  if (!isObject(of) || typeof of['ecosystem'] !== 'string' || typeof of['name'] !== 'string') return []
  const rating = ratingOf(value['ecosystem_specific']) ?? ratingOf(specific)
  const lastKnown = isObject(specific) ? specific['last_known_affected_version_range'] : undefined
  return [
    {
      ecosystem: of['ecosystem'],
      name: of['name'],
      // Ranges of git name commits, and installed packages do not.
      ranges: objects(value['ranges']).flatMap(({ type, events }) => (type === 'GIT' ? [] : [objects(events).map(eventOf)])),
      versions: strings(value['versions']),
      severity: severities(value['severity']),
      ...(rating !== undefined && { rating }),
      ...(typeof lastKnown === 'string' && { lastKnown }),
    },
  ]
}

function eventOf(value: Readonly<Record<string, unknown>>): OsvEvent {
  const { introduced, fixed, last_affected, limit } = value
  return {
    ...(typeof introduced === 'string' && { introduced }),
    ...(typeof fixed === 'string' && { fixed }),
    ...(typeof last_affected === 'string' && { last_affected }),
    ...(typeof limit === 'string' && { limit }),
  }
}

/** `severity` is a word here, not a vector. */
function ratingOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  for (const key of ['urgency', 'severity', 'priority', 'ubuntu_priority']) {
    const word = value[key]
    if (typeof word === 'string' && word !== '') return word
  }
  return undefined
}

function severities(value: unknown): readonly OsvSeverity[] {
  return objects(value).flatMap(({ type, score }) => (typeof type === 'string' && typeof score === 'string' ? [{ type, score }] : []))
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

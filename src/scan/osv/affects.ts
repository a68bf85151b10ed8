/** Whether an advisory is about a version, by OSV's rules: listed versions, and ranges of events in the order of their versions. */
import type { CompareVersions } from '../versions/order.ts'
import type { OsvEvent } from './record.ts'

export interface AffectedVersions {
  readonly ranges: readonly (readonly OsvEvent[])[]
  readonly versions: readonly string[]
  /** `<= 1.2.3`: where a range without an end ends all the same. */
  readonly lastKnown?: string
}

export type Verdict =
  | { readonly kind: 'affected'; readonly fixed?: string }
  | { readonly kind: 'sound' }
  /** A version that cannot be put in order: nobody can tell. */
  | { readonly kind: 'unclear' }

export function affects(rule: AffectedVersions, version: string, compare: CompareVersions): Verdict {
  if (rule.versions.includes(version)) return affected(fixedAfter(rule.ranges.flat(), version, compare))
  let unclear = false
  for (const events of rule.ranges) {
    const verdict = inRange(events, version, compare)
    if (verdict === undefined) unclear = true
    if (verdict !== true) continue
    if (rule.lastKnown !== undefined && !hasEnd(events) && !satisfies(rule.lastKnown, version, compare)) continue
    return affected(fixedAfter(events, version, compare))
  }
  if (rule.versions.some((one) => compare(one, version) === 0)) return affected(undefined)
  return { kind: unclear ? 'unclear' : 'sound' }
}

function affected(fixed: string | undefined): Verdict {
  return { kind: 'affected', ...(fixed !== undefined && { fixed }) }
}

function hasEnd(events: readonly OsvEvent[]): boolean {
  return events.some(({ fixed, last_affected }) => fixed !== undefined || last_affected !== undefined)
}

/** "0" is before every version, also before those that no version could be before. */
const start = '0'

function inRange(events: readonly OsvEvent[], version: string, compare: CompareVersions): boolean | undefined {
  const limits = events.flatMap(({ limit }) => (limit === undefined ? [] : [limit]))
  if (limits.length > 0 && !limits.some((limit) => limit === '*' || (compare(version, limit) ?? 0) < 0)) return false
  let inside = false
  for (const event of sorted(events, compare)) {
    const at = versionOf(event)
    const difference = event.introduced === start ? 1 : compare(version, at)
    if (difference === undefined) return undefined
    if (event.introduced !== undefined && difference >= 0) inside = true
    else if (event.fixed !== undefined && difference >= 0) inside = false
    else if (event.last_affected !== undefined && difference > 0) inside = false
  }
  return inside
}

/** At one version the end of one range comes before the beginning of the next. */
function sorted(events: readonly OsvEvent[], compare: CompareVersions): readonly OsvEvent[] {
  const rank = ({ introduced }: OsvEvent): number => (introduced === undefined ? 0 : 1)
  return events
    .filter(({ limit }) => limit === undefined)
    .sort((a, b) => {
      if (a.introduced === start || b.introduced === start) return Number(b.introduced === start) - Number(a.introduced === start)
      return (compare(versionOf(a), versionOf(b)) ?? 0) || rank(a) - rank(b)
    })
}

function versionOf({ introduced, fixed, last_affected }: OsvEvent): string {
  return introduced ?? fixed ?? last_affected ?? ''
}

/** The first fix after the version. */
function fixedAfter(events: readonly OsvEvent[], version: string, compare: CompareVersions): string | undefined {
  let first: string | undefined
  for (const { fixed } of events) {
    if (fixed === undefined || (compare(fixed, version) ?? -1) <= 0) continue
    if (first === undefined || (compare(fixed, first) ?? 0) < 0) first = fixed
  }
  return first
}

const signs: Readonly<Record<string, (difference: number) => boolean>> = {
  '<': (d) => d < 0,
  '<=': (d) => d <= 0,
  '=': (d) => d === 0,
  '>=': (d) => d >= 0,
  '>': (d) => d > 0,
}

/** Comparisons with commas between them, all of which have to hold. What cannot be read holds: better a finding too many. */
function satisfies(range: string, version: string, compare: CompareVersions): boolean {
  return range.split(',').every((part) => {
    const [, sign = '=', bound] = /^\s*(<=|>=|<|>|=)?\s*(\S+)\s*$/.exec(part) ?? []
    const difference = bound === undefined ? undefined : compare(version, bound)
    return difference === undefined || (signs[sign]?.(difference) ?? true)
  })
}

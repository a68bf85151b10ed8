/** Findings counted, as the output variables of a scan step name them. */
import type { Finding } from '../scan/finding.ts'
import { type Severity, severities } from '../scan/severity.ts'

export type SeverityCounts = Readonly<Record<Severity, number>>

export function countFindings(findings: readonly Finding[]): SeverityCounts {
  const counts = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>
  for (const { severity } of findings) counts[severity] += 1
  return counts
}

export function totalOf(counts: SeverityCounts): number {
  return severities.reduce((sum, severity) => sum + counts[severity], 0)
}

/** `unknown` is UNASSIGNED there. */
const words = { critical: 'CRITICAL', high: 'HIGH', medium: 'MEDIUM', low: 'LOW', info: 'INFO', unknown: 'UNASSIGNED' } as const satisfies Record<
  Severity,
  string
>

export interface Counted {
  readonly all: SeverityCounts
  /** That the scan before did not have. */
  readonly fresh: SeverityCounts
  readonly ignored: number
  readonly freshIgnored: number
}

/** CRITICAL … TOTAL, IGNORED, and each with NEW_ before it. */
export function countVariables({ all, fresh, ignored, freshIgnored }: Counted): Readonly<Record<string, string>> {
  const one = (counts: SeverityCounts, off: number) => [
    ...severities.map((severity) => [words[severity], counts[severity]] as const),
    ['IGNORED', off] as const,
    ['TOTAL', totalOf(counts)] as const,
  ]
  return Object.fromEntries(
    [...one(all, ignored), ...one(fresh, freshIgnored).map(([name, count]) => [`NEW_${name}`, count] as const)].map(([name, count]) => [name, String(count)]),
  )
}

export const countNames: readonly string[] = Object.keys(countVariables({ all: countFindings([]), fresh: countFindings([]), ignored: 0, freshIgnored: 0 }))

/** `2 critical, 1 low`, or `none`. */
export function countsText(counts: SeverityCounts): string {
  const some = severities.filter((severity) => counts[severity] > 0).map((severity) => `${counts[severity]} ${severity}`)
  return some.length === 0 ? 'none' : some.join(', ')
}

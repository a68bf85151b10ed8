/** What a scan is compared with: the flaws of packages that an earlier one found. An update of a package that keeps a flaw brings nothing new. */
import type { Instant } from '../base/clock.ts'
import type { Finding } from '../scan/finding.ts'

/** Of which thing it is, and in which version or branch. */
export interface ScanName {
  readonly target: string
  readonly variant: string
}

export interface Baseline {
  readonly at: Instant
  /** Of every finding, ignored ones too. */
  readonly keys: readonly string[]
}

/** Without the version, and without the type: not every form of results names it. */
export function findingKey({ id, package: { name } }: Finding): string {
  return `${name} ${id}`
}

export function baselineOf(findings: readonly Finding[], at: Instant): Baseline {
  return { at, keys: [...new Set(findings.map(findingKey))].sort() }
}

/** All of them when there was no scan before. */
export function newFindings(findings: readonly Finding[], before: Baseline | undefined): readonly Finding[] {
  const known = new Set(before?.keys)
  return findings.filter((one) => !known.has(findingKey(one)))
}

/** What a scan came to, as viewers and the history have it: numbers, the worst findings, and what is not known. */

import type { PackageType } from '../scan/package.ts'
import type { DatabaseFacts, Unjudged } from '../scan/report.ts'
import type { Severity } from '../scan/severity.ts'
import type { SeverityCounts } from '../verdict/counts.ts'
import type { GateLevel } from '../verdict/gate.ts'

export interface ScanSummary {
  /** For people: a reference, or the path of what was scanned. */
  readonly what: string
  readonly digest?: string
  readonly target: string
  readonly variant: string
  readonly distribution?: string
  readonly scanner: { readonly name: string; readonly version?: string }
  readonly database: DatabaseFacts
  /** How many were looked at. */
  readonly packages: number
  readonly counts: SeverityCounts
  /** That the scan before did not have. */
  readonly fresh: SeverityCounts
  readonly ignored: number
  /** How many findings failed it, from which severity on. */
  readonly gate: { readonly level: GateLevel; readonly held: number }
  /** The worst first. */
  readonly findings: readonly ScanFinding[]
  /** How many are left out of them. */
  readonly more: number
  /** What was not compared with advisories: that nothing was found there says nothing. */
  readonly unjudged: readonly Unjudged[]
}

export interface ScanFinding {
  readonly id: string
  readonly severity: Severity
  readonly package: string
  readonly version: string
  readonly type: PackageType
  readonly fixedVersion?: string
  readonly title?: string
  readonly url?: string
  /** Inside the image. */
  readonly path?: string
  /** Which layer brought it: its number from 1 at the bottom, and how it was made. */
  readonly layer?: { readonly number: number; readonly diffId: string; readonly createdBy?: string }
  readonly fresh?: true
}

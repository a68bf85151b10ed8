/** A known flaw of a package that is there. */
import type { ScannedPackage } from './package.ts'
import type { Severity } from './severity.ts'

export interface Finding {
  /** The CVE where there is one, else the name its source gives it. */
  readonly id: string
  /** Its other names, without `id`. */
  readonly aliases: readonly string[]
  readonly package: ScannedPackage
  readonly severity: Severity
  /** The vector and score that the severity comes from, where it comes from one. */
  readonly cvss?: { readonly vector: string; readonly score: number }
  readonly title?: string
  readonly description?: string
  /** Absent when nobody has fixed it yet. */
  readonly fixedVersion?: string
  /** Addresses of pages about it. */
  readonly references: readonly string[]
}

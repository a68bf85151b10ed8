/** The advisories that the embedded scanner compares with: imported from mirrors as a whole, and what is known of them. */
import type { Instant } from '../base/clock.ts'

export interface AdvisorySource {
  /** The folder or archive. */
  readonly name: string
  readonly records: number
  /** When its newest advisory was written. */
  readonly newestMs: Instant
}

export interface AdvisoryFacts {
  /** Where they are. */
  readonly path: string
  readonly importedMs: Instant
  readonly advisories: number
  readonly sources: readonly AdvisorySource[]
  /** How many rules there are for each ecosystem. */
  readonly ecosystems: Readonly<Record<string, number>>
  /** How many advisories were about ecosystems that are not judged. */
  readonly passedOver: Readonly<Record<string, number>>
}

export interface Advisories {
  /** Throws SCAN_DATABASE_MISSING or SCAN_DATABASE_BROKEN. */
  facts(): AdvisoryFacts
  /** In place of what was there; throws SCAN_IMPORT_REFUSED and leaves that when a source cannot be read as a whole. */
  import(
    sources: readonly string[],
    o: { readonly signal: AbortSignal; readonly nowMs: Instant; readonly progress?: (records: number) => void },
  ): Promise<AdvisoryFacts>
}

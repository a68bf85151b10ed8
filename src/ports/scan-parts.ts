/** What scan steps work with beside images: the scanner that was chosen, and what earlier scans found. */
import type { Baseline, ScanName } from '../verdict/baseline.ts'
import type { Scanner } from './scanner.ts'

/**
 * The last scan of each target and variant. One that cannot be read is thrown as SCAN_BASELINE_UNREADABLE, and may be written over.
 * What is written is there as a whole or not at all.
 */
export interface ScanMemory {
  read(name: ScanName, o: { readonly signal: AbortSignal }): Promise<Baseline | undefined>
  write(name: ScanName, baseline: Baseline, o: { readonly signal: AbortSignal }): Promise<void>
}

export interface ScanParts {
  readonly scanner: Scanner
  /** What a scan without a usable database is. */
  readonly withoutDatabase: 'error' | 'not-scanned'
  /** The variant of a target that its other variants are compared with, instead of with their own last scan. */
  readonly baselines: ReadonlyMap<string, string>
  readonly memory: ScanMemory
}

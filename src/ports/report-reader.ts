/**
 * Reads the test reports that a step has left. Never fails because of what is in them: what is missing, broken or too large is a note, and
 * what was read before it counts. Memory stays small, whatever the files hold.
 */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { TestResults } from '../events/test-results.ts'

export interface ReportsRequest {
  /** Folder of the workspace on this machine. */
  readonly folder: string
  /** Patterns of files, relative to it. */
  readonly patterns: readonly string[]
  /** Hides secrets in a text; asked before texts are cut. */
  readonly mask: (text: string) => string
  readonly signal: AbortSignal
}

export interface ReportsRead {
  /** Absent: there was no report. */
  readonly results?: TestResults
  readonly notes: readonly Diagnostic[]
}

export type ReadReports = (request: ReportsRequest) => Promise<ReportsRead>

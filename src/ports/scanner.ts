/**
 * Finds the packages of an image and their known flaws.
 *
 * 1. Every flaw of every package it could judge is named once, with all places of the package; what it could not judge is named in `unjudged`.
 * 2. Without a database that is there, whole, filled and young enough, `check` has an error and `scan` throws the same one: a report is never
 *    empty because there was nothing to compare with.
 * 3. Files that a later layer removed or replaced are not there.
 * 4. What is no image, or holds broken records, is a thrown Problem or an entry of `unjudged`; a hostile image costs bounded memory.
 * 5. May run several times at once; equal requests give equal reports. On abort it rejects with the signal's reason and leaves nothing behind.
 * 6. The target is not changed, and nothing of it is executed or unpacked where others could.
 */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Platform } from '../oci/platform.ts'
import type { Image, Index } from '../oci/views.ts'
import type { Inventory, ScanReport } from '../scan/report.ts'

export type ScanTarget =
  | {
      readonly kind: 'image'
      /** For people: a reference or the path of an archive. */
      readonly name: string
      /** The caller keeps it open. */
      readonly view: Image | Index
      /** Which image of an index. */
      readonly platform: Platform
      /** The archive or layout on this machine that the view was opened from, for programs that read it themselves. */
      readonly file?: string
    }
  | { readonly kind: 'folder'; readonly name: string; readonly folder: string }
  | { readonly kind: 'sbom'; readonly name: string; readonly file: string }

export interface ScanRequest {
  readonly target: ScanTarget
  /** For the command line of a scanner that is a program of its own; one that is none says that it does not know them. */
  readonly arguments?: readonly string[]
  /** Variables for such a program. */
  readonly env?: Readonly<Record<string, string>>
}

export interface Scanning {
  readonly signal: AbortSignal
  /** Told how far it has come: layers, or whatever it counts. */
  readonly progress?: (done: number, total: number) => void
  /** Told what people should know and that is no failure. */
  readonly note?: (note: Diagnostic) => void
  /** Told what a program that scans says on its way, line by line. */
  readonly say?: (line: string) => void
  /** Given the scanner's own report, where it has one. */
  readonly raw?: (text: string) => void
}

export interface Scanner {
  readonly name: string
  /** What keeps it from scanning anything, or makes its answers doubtful. Cheap; changes nothing. */
  check(o: { readonly signal: AbortSignal }): Promise<readonly Diagnostic[]>
  scan(request: ScanRequest, o: Scanning): Promise<ScanReport>
  /** The packages alone, for which no database is needed. Absent: it cannot tell them. */
  readonly list?: (request: ScanRequest, o: Scanning) => Promise<Inventory>
}

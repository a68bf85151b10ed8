/** What a scanner has to say about its target: the packages that are there, their flaws, and what it could not judge. */
import type { Instant } from '../base/clock.ts'
import type { Finding } from './finding.ts'
import type { ScannedPackage } from './package.ts'

export interface TargetFacts {
  readonly kind: 'image' | 'folder' | 'sbom'
  /** A reference, or the path of an archive, folder or file. */
  readonly name: string
  /** Of the image that was scanned, where the target has one without work: of an index, the image chosen from it. */
  readonly digest?: string
  readonly platform?: string
  readonly distribution?: Distribution
}

/** From os-release: `id` is `debian`, `version` `12`, `name` what people read. */
export interface Distribution {
  readonly id: string
  readonly version?: string
  readonly name?: string
}

export interface ScannedLayer {
  readonly diffId: string
  readonly digest?: string
  /** The history's words for how it was made. */
  readonly createdBy?: string
}

/** Something that is there and was not compared with advisories: to be shown beside the findings, since their absence proves nothing about it. */
export interface Unjudged {
  readonly kind: 'packages' | 'distribution' | 'file'
  /** For people: `rpm packages`, `programs made with Go`, `Debian 13 packages`. */
  readonly what: string
  readonly reason: string
  readonly count: number
  /** Some of the places. */
  readonly paths: readonly string[]
}

/** Packages only: nobody has asked whether they have flaws. */
export interface Inventory {
  readonly target: TargetFacts
  /** Of an image, from the lowest up. */
  readonly layers: readonly ScannedLayer[]
  /** Each once, in the order of type, name and version. */
  readonly packages: readonly ScannedPackage[]
  readonly unjudged: readonly Unjudged[]
}

export interface DatabaseFacts {
  /** For people: the folder, or what the scanner calls it. */
  readonly name: string
  readonly version?: string
  /** When its newest advisory was written, or when it was made. */
  readonly updatedMs?: Instant
  readonly advisories?: number
}

/** Without findings only because none of the packages in it, apart from `unjudged`, has a known flaw; never because there was nothing to compare with. */
export interface ScanReport extends Inventory {
  /** Each flaw of each package once, the worst first. */
  readonly findings: readonly Finding[]
  readonly scanner: { readonly name: string; readonly version?: string }
  readonly database: DatabaseFacts
}

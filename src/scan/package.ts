/** A package that an image holds: what its own records call it, where they are, and the layer that brought them. */

/** The kinds of package URLs. Scanners know more than the embedded one reads. */
export const packageTypes = [
  'deb',
  'apk',
  'rpm',
  'npm',
  'pypi',
  'golang',
  'maven',
  'gem',
  'cargo',
  'composer',
  'nuget',
  'conan',
  'conda',
  'hex',
  'pub',
  'swift',
  'generic',
] as const
export type PackageType = (typeof packageTypes)[number]

export interface PackageLocation {
  /** Inside the image, without a leading "/": the record that names the package. */
  readonly path: string
  /** The diffID of the layer that brought the package; absent for what is no image. */
  readonly layer?: string
}

export interface ScannedPackage {
  readonly type: PackageType
  /** With its scope or group, as its users write it: `@acme/ui`, `org.acme:ui`. */
  readonly name: string
  /** As the package's own tool writes it, with epoch and revision. */
  readonly version: string
  /** What it was made from, where advisories are about that: packages of distributions. */
  readonly source?: { readonly name: string; readonly version: string }
  readonly architecture?: string
  /** As written in its record. */
  readonly licenses?: readonly string[]
  /** Each place once, in the order of paths; never empty for an image. */
  readonly locations: readonly PackageLocation[]
}

/** Equal for the same package in several places. */
export function packageKey(one: Pick<ScannedPackage, 'type' | 'name' | 'version'>): string {
  return `${one.type}\0${one.name}\0${one.version}`
}

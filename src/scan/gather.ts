/** Each package once with all its places, each flaw of a package once: what readers and scanners say several times is said together. */
import type { Finding } from './finding.ts'
import { type PackageLocation, packageKey, type ScannedPackage } from './package.ts'
import { compareSeverity, worseSeverity } from './severity.ts'

/** In the order of type, name and version. */
export function gatherPackages(packages: Iterable<ScannedPackage>): readonly ScannedPackage[] {
  const byKey = new Map<string, { readonly one: ScannedPackage; readonly locations: PackageLocation[] }>()
  for (const one of packages) {
    const key = packageKey(one)
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, { one, locations: [...one.locations] })
    else known.locations.push(...one.locations)
  }
  return [...byKey.values()].map(({ one, locations }) => ({ ...one, locations: sortedLocations(locations) })).sort(comparePackages)
}

/** The worst first, then in the order of packages and names. */
export function gatherFindings(findings: Iterable<Finding>): readonly Finding[] {
  const byKey = new Map<string, Finding>()
  for (const one of findings) {
    const key = `${packageKey(one.package)}\0${one.id}`
    const known = byKey.get(key)
    byKey.set(key, known === undefined ? one : together(known, one))
  }
  return [...byKey.values()]
    .map((one) => ({ ...one, package: { ...one.package, locations: sortedLocations(one.package.locations) } }))
    .sort((a, b) => compareSeverity(a.severity, b.severity) || comparePackages(a.package, b.package) || compare(a.id, b.id))
}

function together(a: Finding, b: Finding): Finding {
  const other: Finding = { ...b, ...a }
  return {
    ...other,
    aliases: [...new Set([...a.aliases, ...b.aliases])].sort(compare),
    references: [...new Set([...a.references, ...b.references])],
    severity: worseSeverity(a.severity, b.severity),
    package: { ...a.package, locations: [...a.package.locations, ...b.package.locations] },
  }
}

function sortedLocations(locations: readonly PackageLocation[]): readonly PackageLocation[] {
  if (locations.length < 2) return locations
  const each = new Map(locations.map((location) => [`${location.path}\0${location.layer ?? ''}`, location]))
  return [...each.values()].sort((a, b) => compare(a.path, b.path) || compare(a.layer ?? '', b.layer ?? ''))
}

function comparePackages(a: ScannedPackage, b: ScannedPackage): number {
  return compare(a.type, b.type) || compare(a.name, b.name) || compare(a.version, b.version)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

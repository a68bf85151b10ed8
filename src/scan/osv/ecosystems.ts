/** OSV's names of ecosystems: which are judged, the order of their versions, and which of them a package of an image belongs to. */
import type { PackageType, ScannedPackage } from '../package.ts'
import type { Distribution } from '../report.ts'
import { compareAlpine } from '../versions/alpine.ts'
import { compareDebian } from '../versions/debian.ts'
import type { CompareVersions } from '../versions/order.ts'
import { comparePython } from '../versions/python.ts'
import { compareSemantic } from '../versions/semantic.ts'

/** By the name before the ":"; of distributions the release comes after it. */
const orders: Readonly<Record<string, CompareVersions>> = {
  Debian: compareDebian,
  Ubuntu: compareDebian,
  Alpine: compareAlpine,
  Wolfi: compareAlpine,
  Chainguard: compareAlpine,
  MinimOS: compareAlpine,
  npm: compareSemantic,
  PyPI: comparePython,
}

/** Undefined for ecosystems whose packages are not judged. */
export function orderOf(ecosystem: string): CompareVersions | undefined {
  const [name = ''] = ecosystem.split(':', 1)
  return Object.hasOwn(orders, name) ? orders[name] : undefined
}

/** One spelling per package: PyPI takes "-", "_" and "." for the same, and capitals for small letters. */
export function nameIn(ecosystem: string, name: string): string {
  return ecosystem === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name
}

/** How releases are named, from the name to be preferred on. */
const releases: Readonly<Record<string, (version: string) => readonly string[]>> = {
  debian: (version) => [`Debian:${major(version)}`],
  ubuntu: (version) => [`Ubuntu:${version}:LTS`, `Ubuntu:${version}`],
  alpine: (version) => [`Alpine:v${version.split('.').slice(0, 2).join('.')}`],
  wolfi: () => ['Wolfi'],
  chainguard: () => ['Chainguard', 'Wolfi'],
  minimos: () => ['MinimOS'],
}

function major(version: string): string {
  return version.split('.', 1)[0] ?? version
}

const languages: Readonly<Partial<Record<PackageType, string>>> = { npm: 'npm', pypi: 'PyPI' }

/** Names under which a database may have the package's flaws; none when no such names exist. */
export function ecosystemsOf(type: PackageType, distribution: Distribution | undefined): readonly string[] {
  const language = languages[type]
  if (language !== undefined) return [language]
  const name = Object.hasOwn(releases, distribution?.id ?? '') ? releases[distribution?.id ?? ''] : undefined
  return name?.(distribution?.version ?? '') ?? []
}

/** Advisories of distributions are about what packages are made from. */
export function subjectOf(one: ScannedPackage): { readonly name: string; readonly version: string } {
  return one.source ?? one
}

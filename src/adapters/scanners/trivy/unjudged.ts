/** What trivy lists and has no advisories for: it says nothing of that by itself. */
import type { PackageType } from '../../../scan/package.ts'
import type { Inventory, Unjudged } from '../../../scan/report.ts'
import type { TrivyDatabase } from './database.ts'

/** What the sources of a kind of packages are called. Kinds that are not here belong to distributions. */
const languages: Readonly<Partial<Record<PackageType, string>>> = {
  npm: 'npm::',
  pypi: 'pip::',
  golang: 'go::',
  maven: 'maven::',
  gem: 'rubygems::',
  cargo: 'cargo::',
  composer: 'composer::',
  nuget: 'nuget::',
  conan: 'conan::',
  hex: 'erlang::',
  pub: 'pub::',
  swift: 'swift::',
}

/** The source of a distribution's advisories. */
const distributions: Readonly<Record<string, (version: string) => string>> = {
  debian: (version) => `debian ${version.split('.')[0]}`,
  ubuntu: (version) => `ubuntu ${version}`,
  alpine: (version) => `alpine ${version.split('.').slice(0, 2).join('.')}`,
  wolfi: () => 'wolfi',
  chainguard: () => 'chainguard',
  rocky: (version) => `rocky ${version.split('.')[0]}`,
  alma: (version) => `alma ${version.split('.')[0]}`,
}

const ofDistributions: readonly PackageType[] = ['deb', 'apk', 'rpm']

export function unjudgedBy({ sources }: TrivyDatabase, { packages, target: { distribution } }: Pick<Inventory, 'packages' | 'target'>): readonly Unjudged[] {
  const found: Unjudged[] = []
  for (const [type, all] of Map.groupBy(packages, (one) => one.type)) {
    const prefix = languages[type]
    const paths = [...new Set(all.flatMap(({ locations }) => locations.map(({ path }) => path)))].slice(0, 5)
    if (prefix !== undefined && !sources.some((name) => name.startsWith(prefix)))
      found.push({ kind: 'packages', what: `packages of ${type}`, reason: 'the database has no advisories about any', count: all.length, paths })
    if (!ofDistributions.includes(type)) continue
    const source = distribution === undefined ? undefined : distributions[distribution.id]?.(distribution.version ?? '')
    const name = distribution === undefined ? 'a distribution that does not say which it is' : `${distribution.id} ${distribution.version ?? ''}`.trim()
    if (distribution === undefined || (source !== undefined && !sources.some((one) => one === source || one.startsWith(`${source}-`))))
      found.push({ kind: 'distribution', what: `packages of ${name}`, reason: 'the database has no advisories for it', count: all.length, paths })
  }
  return found
}

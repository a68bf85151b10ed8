/** trivy's names for packages: its kinds of results as package types, its places as ours. */
import type { PackageLocation, PackageType, ScannedPackage } from '../package.ts'
import { parsePackageUrl } from '../package-url.ts'
import type { TrivyPackage, TrivyResult, TrivyVulnerability } from './schema.ts'

/** Of `Results[].Type`; what stands for distributions is their name. */
const types: Readonly<Record<string, PackageType>> = {
  debian: 'deb',
  ubuntu: 'deb',
  alpine: 'apk',
  wolfi: 'apk',
  chainguard: 'apk',
  'node-pkg': 'npm',
  npm: 'npm',
  yarn: 'npm',
  pnpm: 'npm',
  bun: 'npm',
  'python-pkg': 'pypi',
  pip: 'pypi',
  pipenv: 'pypi',
  poetry: 'pypi',
  uv: 'pypi',
  'conda-pkg': 'conda',
  gobinary: 'golang',
  gomod: 'golang',
  jar: 'maven',
  pom: 'maven',
  gradle: 'maven',
  sbt: 'maven',
  gemspec: 'gem',
  bundler: 'gem',
  cargo: 'cargo',
  rustbinary: 'cargo',
  composer: 'composer',
  'composer-vendor': 'composer',
  nuget: 'nuget',
  'dotnet-core': 'nuget',
  conan: 'conan',
  hex: 'hex',
  pub: 'pub',
  swift: 'swift',
}

const rpmFamilies = ['redhat', 'centos', 'rocky', 'alma', 'fedora', 'amazon', 'oracle', 'photon', 'cbl-mariner', 'azurelinux']

/** Where the packages of a distribution are written down. */
const records: Readonly<Partial<Record<PackageType, string>>> = {
  deb: 'var/lib/dpkg/status',
  apk: 'lib/apk/db/installed',
  rpm: 'var/lib/rpm/rpmdb.sqlite',
}

export function packageTypeOf(type: string | null | undefined, purl?: string | null): PackageType {
  const named = purl == null ? undefined : parsePackageUrl(purl)?.type
  if (named !== undefined) return named
  const word = type ?? ''
  if (rpmFamilies.includes(word) || word.startsWith('suse') || word.startsWith('opensuse')) return 'rpm'
  return Object.hasOwn(types, word) ? (types[word] ?? 'generic') : 'generic'
}

/** Of a result with packages only; a vulnerability names less of its package. */
export function listedPackage(one: TrivyPackage, result: TrivyResult): ScannedPackage {
  const type = packageTypeOf(result.Type, one.Identifier?.PURL)
  const source =
    one.SrcName == null || one.SrcName === '' ? undefined : { name: one.SrcName, version: fullVersion(one.SrcEpoch, one.SrcVersion, one.SrcRelease) }
  return {
    type,
    name: one.Name,
    version: fullVersion(one.Epoch, one.Version, one.Release),
    ...(source !== undefined && { source }),
    ...(one.Arch != null && one.Arch !== '' && { architecture: one.Arch }),
    ...(one.Licenses != null && one.Licenses.length > 0 && { licenses: one.Licenses }),
    locations: locationsOf(type, one.FilePath, one.Layer?.DiffID, result),
  }
}

export function flawedPackage(one: TrivyVulnerability, result: TrivyResult): ScannedPackage {
  const type = packageTypeOf(result.Type, one.PkgIdentifier?.PURL)
  return {
    type,
    name: one.PkgName,
    version: one.InstalledVersion ?? '',
    locations: locationsOf(type, one.PkgPath, one.Layer?.DiffID, result),
  }
}

function locationsOf(type: PackageType, path: string | null | undefined, layer: string | null | undefined, { Class, Target }: TrivyResult) {
  // The target of a result about a distribution is the image; of one about a language the lock file, or a word such as "Node.js".
  const known = [path ?? '', Class === 'os-pkgs' ? (records[type] ?? '') : (Target ?? '')].find((text) => text !== '') ?? ''
  const location: PackageLocation = { path: known.replace(/^\/+/, ''), ...(layer != null && layer !== '' && { layer }) }
  return [location]
}

function fullVersion(epoch: number | null | undefined, version: string | null | undefined, release: string | null | undefined): string {
  return `${epoch ? `${epoch}:` : ''}${version ?? ''}${release ? `-${release}` : ''}`
}

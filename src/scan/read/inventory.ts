/** The packages of an image out of its records: each once, with places and layers, and all that was seen but is not judged. */
import { gatherPackages } from '../gather.ts'
import type { ScannedPackage } from '../package.ts'
import type { Distribution, Unjudged } from '../report.ts'
import type { Found, UnreadKind } from './found.ts'
import type { PlacedRecord } from './image-records.ts'
import { merged } from './owned.ts'

export interface ImageContents {
  readonly packages: readonly ScannedPackage[]
  readonly unjudged: readonly Unjudged[]
  readonly distribution?: Distribution
}

type Records = ReadonlyMap<string, PlacedRecord>

export function contentsOf(records: Records): ImageContents {
  const owned = new Set<string>()
  for (const { found } of records.values()) if ('owned' in found) for (const path of found.owned ?? []) owned.add(path)
  const installed = installedBelow(records)
  const packages: ScannedPackage[] = []
  const unread: { path: string; found: Extract<Found, { kind: 'unread' }> }[] = []
  const broken: { path: string; count: number }[] = []
  for (const [path, record] of records) {
    const { found } = record
    if (found.kind === 'unread' && !owned.has(merged(path))) unread.push({ path, found })
    if (found.kind !== 'packages' || owned.has(merged(path)) || (found.lock === true && installed.has(path.slice(0, path.lastIndexOf('/') + 1)))) continue
    for (const [i, one] of found.packages.entries()) packages.push({ ...one, locations: [{ path, layer: record.origins?.[i] ?? record.layer }] })
    if (found.broken !== undefined) broken.push({ path, count: found.broken })
  }
  const distribution = distributionOf(records)
  return {
    packages: gatherPackages(packages),
    unjudged: [...unreadKinds(unread), ...broken.map(brokenEntries)],
    ...(distribution !== undefined && { distribution }),
  }
}

function distributionOf(records: Records): Distribution | undefined {
  for (const path of ['etc/os-release', 'usr/lib/os-release']) {
    const found = records.get(path)?.found
    if (found?.kind === 'distribution') return found.distribution
  }
  return undefined
}

/** Folders with packages in their node_modules: these say better what is there than a lock file beside them. */
function installedBelow(records: Records): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const [path, { found }] of records) {
    if (found.kind !== 'packages') continue
    for (const { index } of path.matchAll(/(?<=^|\/)node_modules\//g)) folders.add(path.slice(0, index))
  }
  return folders
}

const names: Readonly<Record<Exclude<UnreadKind, 'broken'>, readonly [what: string, reason: string]>> = {
  rpm: ['packages of rpm', 'their database is not read'],
  go: ['programs made with Go', 'the modules in them are not read'],
  java: ['archives of Java', 'the libraries in them are not read'],
  gem: ['gems of Ruby', 'they are not read'],
  composer: ['packages of Composer (PHP)', 'they are not read'],
  nuget: ['packages of NuGet (.NET)', 'they are not read'],
  conda: ['packages of conda', 'they are not read'],
  pacman: ['packages of pacman', 'they are not read'],
  opkg: ['packages of opkg', 'they are not read'],
  'yarn-cache': ['packages in archives of yarn', 'the archives are not read'],
}
const somePaths = 10

function unreadKinds(unread: readonly { readonly path: string; readonly found: Extract<Found, { kind: 'unread' }> }[]): readonly Unjudged[] {
  const groups = new Map<string, { kind: Unjudged['kind']; what: string; reason: string; paths: string[] }>()
  for (const { path, found } of unread) {
    const { what: kind, reason: why = 'it cannot be read' } = found
    const [what, reason] = kind === 'broken' ? ['damaged records of packages', why] : names[kind]
    const key = `${kind} ${reason}`
    const group = groups.get(key) ?? { kind: kind === 'broken' ? 'file' : 'packages', what, reason, paths: [] }
    group.paths.push(path)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ paths, ...group }) => ({ ...group, count: paths.length, paths: paths.sort().slice(0, somePaths) }))
}

function brokenEntries({ path, count }: { readonly path: string; readonly count: number }): Unjudged {
  return { kind: 'file', what: 'damaged entries of a package database', reason: 'they have no name and version', count, paths: [path] }
}

/** Files and folders of the workspace as entries of an archive, in a fixed order. Links are kept as links; what is no file, folder or link is left out and told. */
import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { glob, lstat, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { TarItem } from '../../tar/write-tar.ts'
import { type Member, memberName, memberOf, spelled } from './member-path.ts'

export interface Gathering {
  readonly signal: AbortSignal
  readonly leftOut: (path: string, reason: string) => void
  /** Told of each file that goes in. */
  readonly took?: (bytes: number) => void
}

export interface Named {
  readonly member: Member
  readonly host: string
}

const pattern = /[*?[{]/

/** What a path names on this machine: itself, or what its pattern matches. Nothing is an empty list. */
export async function namedBy(path: string, hostPath: (path: string) => string): Promise<readonly Named[]> {
  const member = memberOf(path)
  const host = hostPath(spelled(member))
  if ((await lstat(host).catch(() => undefined)) !== undefined) return [{ member, host }]
  if (!pattern.test(member.path)) return []
  const base = member.base === 'root' ? '/' : hostPath('/harness')
  const found: Named[] = []
  for await (const name of glob(member.path, { cwd: base })) found.push({ member: { base: member.base, path: name }, host: join(base, name) })
  return found.toSorted((a, b) => (a.member.path < b.member.path ? -1 : 1))
}

/** Bodies up to this size are read at once: opening a stream for each of many small files takes longer than reading it. */
const small = 256 * 1024

interface Walk extends Gathering {
  readonly seen: Set<string>
  /** By device and inode, the first name of a file that has several. */
  readonly links: Map<string, string>
}

/** Asked for one by one and at once: on a busy machine, being woken up for each of many small files takes longer than reading them. */
export async function* gatherFiles(named: readonly Named[], o: Gathering): AsyncGenerator<TarItem> {
  const walk: Walk = { ...o, seen: new Set(), links: new Map() }
  for (const { member, host } of named) for (const item of below(member, host, walk)) yield item
}

function* below(member: Member, host: string, walk: Walk): Generator<TarItem> {
  walk.signal.throwIfAborted()
  const path = memberName(member)
  if (walk.seen.has(path)) return
  walk.seen.add(path)
  const stats = statsOf(host)
  // It was there when its folder was read: whoever removed it does not want it saved.
  if (stats === undefined) return
  const common = { path, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, mtimeNs: BigInt(Math.round(stats.mtimeMs * 1e6)) }
  if (stats.isSymbolicLink()) yield { entry: { ...common, kind: 'symlink', target: readlinkSync(host) } }
  else if (stats.isFile()) yield fileItem(common, host, stats, walk)
  else if (stats.isDirectory()) {
    yield { entry: { ...common, kind: 'dir' } }
    for (const name of readdirSync(host).toSorted())
      yield* below({ base: member.base, path: member.path === '' ? name : `${member.path}/${name}` }, join(host, name), walk)
  } else walk.leftOut(spelled(member), 'it is no file, folder or link')
}

function statsOf(host: string): Stats | undefined {
  try {
    return lstatSync(host, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

type CommonEntry = Pick<TarItem['entry'], 'path' | 'mode' | 'uid' | 'gid' | 'mtimeNs'>

function fileItem(common: CommonEntry, host: string, stats: Stats, walk: Walk): TarItem {
  const inode = `${stats.dev}:${stats.ino}`
  const first = stats.nlink > 1 ? walk.links.get(inode) : undefined
  if (first !== undefined) return { entry: { ...common, kind: 'hardlink', target: first } }
  if (stats.nlink > 1) walk.links.set(inode, common.path)
  walk.took?.(stats.size)
  if (stats.size > small) return { entry: { ...common, kind: 'file', size: stats.size }, body: () => streamOf(host, stats.size) }
  const fd = openSync(host, notThroughLinks)
  try {
    const body = readFileSync(fd)
    return { entry: { ...common, kind: 'file', size: body.length }, body }
  } finally {
    closeSync(fd)
  }
}

/** A link may have taken the file's place meanwhile. */
const notThroughLinks = constants.O_RDONLY | constants.O_NOFOLLOW

async function streamOf(host: string, size: number): Promise<Readable> {
  return (await open(host, notThroughLinks)).createReadStream({ end: size - 1, highWaterMark: 1024 * 1024 })
}

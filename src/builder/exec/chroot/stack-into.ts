/** Writes a stack of layers into one folder, as an overlay of them would show it. */
import {
  type BigIntStats,
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { join } from 'node:path'
import { joinPath } from '../../tree/node.ts'
import type { FinishingWork, Sandbox, Scratch } from '../sandbox.ts'

type Calls = Pick<Sandbox, 'attributes' | 'finish' | 'overlayAttributes'>

/** Folders in overlay form, the topmost first. `root` is made when it is missing; what it has already lies below them. */
export async function stackInto(root: string, folders: readonly string[], calls: Calls, o: Scratch): Promise<void> {
  mkdirSync(root, { recursive: true, mode: 0o755 })
  const directories = new Map<string, BigIntStats>()
  for (const folder of [...folders].reverse()) await layerInto(root, folder, directories, calls, o)
  // Writing into them has changed their times.
  for (const [path, stats] of [...directories].reverse()) dress(join(root, path), stats)
}

async function layerInto(root: string, folder: string, directories: Map<string, BigIntStats>, calls: Calls, o: Scratch): Promise<void> {
  const walked = [...walk(folder, '')]
  const asked = walked.filter(({ stats }) => stats.isFile() || stats.isDirectory()).map(({ path }) => path)
  const attributes = await calls.attributes(folder, asked, o)
  const first = new Map<bigint, string>()
  const finishing: FinishingWork[] = []
  for (const { path, stats } of walked) {
    o.signal.throwIfAborted()
    const to = join(root, path)
    const own = attributes.get(path)
    if (stats.isCharacterDevice() && stats.rdev === 0n) {
      clear(to, path, directories)
      continue
    }
    if (stats.isDirectory()) {
      if (own?.get(`${calls.overlayAttributes}opaque`) !== undefined || !isDirectory(to)) clear(to, path, directories)
      mkdirSync(to, { recursive: true, mode: 0o755 })
      directories.set(path, stats)
    } else {
      clear(to, path, directories)
      const earlier = stats.nlink > 1n ? first.get(stats.ino) : undefined
      if (earlier !== undefined) {
        linkSync(join(root, earlier), to)
        continue
      }
      if (stats.nlink > 1n) first.set(stats.ino, path)
      copyOne(join(folder, path), to, stats, path, finishing)
    }
    for (const [name, value] of own ?? []) if (!name.startsWith(calls.overlayAttributes)) finishing.push({ kind: 'attribute', path, name, value })
  }
  await calls.finish(root, finishing, o)
}

function copyOne(from: string, to: string, stats: BigIntStats, path: string, finishing: FinishingWork[]): void {
  if (stats.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to)
    lchownSync(to, Number(stats.uid), Number(stats.gid))
    lutimesSync(to, seconds(stats), seconds(stats))
  } else if (stats.isFile()) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
    dress(to, stats)
  } else if (stats.isFIFO() || stats.isCharacterDevice() || stats.isBlockDevice()) {
    const [major, minor] = [Number((stats.rdev >> 8n) & 0xfffn), Number((stats.rdev & 0xffn) | ((stats.rdev >> 12n) & 0xfff00n))]
    const type = stats.isFIFO() ? 'fifo' : stats.isBlockDevice() ? 'block' : 'char'
    finishing.push({ kind: 'device', path, type, mode: Number(stats.mode & 0o7777n), major, minor })
    finishing.push({ kind: 'owner', path, uid: Number(stats.uid), gid: Number(stats.gid) }, { kind: 'time', path, mtimeNs: stats.mtimeNs })
  }
}

function isDirectory(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true
}

function clear(to: string, path: string, directories: Map<string, BigIntStats>): void {
  const there = lstatSync(to, { throwIfNoEntry: false })
  if (there === undefined || path === '') return
  rmSync(to, { recursive: true, force: true })
  if (there.isDirectory()) for (const known of [...directories.keys()]) if (known === path || known.startsWith(`${path}/`)) directories.delete(known)
}

/** The owner first: changing it takes setuid bits away. */
function dress(file: string, stats: BigIntStats): void {
  lchownSync(file, Number(stats.uid), Number(stats.gid))
  chmodSync(file, Number(stats.mode & 0o7777n))
  utimesSync(file, seconds(stats), seconds(stats))
}

function seconds(stats: BigIntStats): number {
  return Number(stats.mtimeNs) / 1e9
}

interface Walked {
  readonly path: string
  readonly stats: BigIntStats
}

/** What is not to be seen, with all below it. */
export type Skip = (path: string, stats: BigIntStats) => boolean

export function* walk(root: string, folder: string, skip: Skip = () => false): Generator<Walked> {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = joinPath(folder, name)
    const stats = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined || skip(path, stats)) continue
    yield { path, stats }
    if (stats.isDirectory()) yield* walk(root, path, skip)
  }
}

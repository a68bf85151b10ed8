/** An archive of saved files back to where they came from. It may come from a store that others write to, so it is held to what the pipeline allows. */
import { closeSync, mkdirSync, statfsSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Readable } from 'node:stream'
import { isProblem } from '../../base/problem.ts'
import { decompressed } from '../../oci/decompress.ts'
import { streamSource } from '../../tar/byte-source.ts'
import type { FileEntry, TarEntry } from '../../tar/entry.ts'
import { readTar, type TarRead } from '../../tar/read-tar.ts'
import { safePath } from '../../tar/safe-path.ts'
import { isBelow, type Member, memberName, spelled } from './member-path.ts'
import { type Dress, dressOpen, InTheWay, type SafeTree, safeTree } from './safe-tree.ts'

export interface Unpacking {
  readonly hostPath: (path: string) => string
  /** Nothing is written but below one of these. */
  readonly allowed: readonly Member[]
  /** Owners and special bits too, where this process may. */
  readonly owners: boolean
  readonly signal: AbortSignal
  /** Instead of what the disk has left. */
  readonly mostBytes?: number
  readonly mostEntries?: number
}

export interface Unpacked {
  readonly files: number
  readonly bytes: number
  readonly ownersLost: boolean
}

/** The archive holds what it must not; says what, in words. */
export class Refused extends Error {}

/** A tree, and how many parts of a member's path its folder stands for. */
interface Tree {
  readonly tree: SafeTree
  readonly skip: number
}

interface Place {
  readonly at: Tree
  readonly parts: readonly string[]
}

interface State {
  readonly o: Unpacking
  readonly trees: Map<Member, Tree>
  readonly folders: (Place & { readonly entry: TarEntry })[]
  /** Files of this archive, which links in it may name. */
  readonly written: Map<string, Place>
  readonly mostEntries: number
  entries: number
  files: number
  bytes: number
  left: number
  ownersLost: boolean
}

const usualEntries = 5_000_000

export async function unpackFiles(archive: Readable, what: string, o: Unpacking): Promise<Unpacked> {
  const state: State = {
    o,
    trees: new Map(),
    folders: [],
    written: new Map(),
    mostEntries: o.mostEntries ?? usualEntries,
    entries: 0,
    files: 0,
    bytes: 0,
    left: o.mostBytes ?? roomAt(o.hostPath('/harness')),
    ownersLost: false,
  }
  try {
    const plain = await decompressed(archive, what, o)
    for await (const read of readTar(streamSource(plain), o)) await unpackOne(read, state)
    // Last and from the inside out: whatever is written into a folder changes its time, and a folder may forbid writing.
    for (const folder of state.folders.toReversed()) folder.at.tree.dressFolder(folder.parts, dressOf(folder.entry, state))
    return { files: state.files, bytes: state.bytes, ownersLost: state.ownersLost }
  } finally {
    archive.destroy()
    for (const { tree } of state.trees.values()) tree.close()
  }
}

/** A tenth of the disk stays for others. */
function roomAt(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize * 0.9
}

async function unpackOne(read: TarRead, state: State): Promise<void> {
  const { entry } = read
  const { allowed } = state.o
  const member = parsed(entry.path)
  state.entries += 1
  if (state.entries > state.mostEntries) throw new Refused(`it has more than ${state.mostEntries} entries`)
  const root = allowed.find((one) => isBelow(member, one))
  // The folders above what was saved are no news.
  if (root === undefined && entry.kind === 'dir' && allowed.some((one) => isBelow(one, member))) return
  if (root === undefined) throw new Refused(`it holds ${spelled(member)}, where this step may not write`)
  const at = treeOf(root, state)
  const parts = member.path
    .split('/')
    .filter((part) => part !== '')
    .slice(at.skip)
  if (parts.length === 0 && entry.kind !== 'dir') throw new Refused(`${spelled(member)} is no folder in it`)
  try {
    await write(read, { at, parts }, member, state)
  } catch (error) {
    if (error instanceof InTheWay) throw new Refused(`${spelled(member)}: ${error.message}`)
    throw error
  }
}

function parsed(path: string): Member {
  try {
    const [base, ...rest] = safePath(path).split('/')
    if (base === 'harness' || base === 'root') return { base, path: rest.join('/') }
  } catch (error) {
    if (isProblem(error)) throw new Refused(error.message)
    throw error
  }
  throw new Refused(`it holds "${path}", which no step of Slipway has saved`)
}

/** Folders above an allowed path are the machine's own and may be links; from there on none is followed. */
function treeOf(root: Member, { trees, o }: State): Tree {
  const known = trees.get(root)
  if (known !== undefined) return known
  const base = root.base === 'harness' ? o.hostPath('/harness') : dirname(o.hostPath(spelled(root)))
  mkdirSync(base, { recursive: true })
  const made: Tree = { tree: safeTree(base), skip: root.base === 'harness' ? 0 : Math.max(0, root.path.split('/').length - 1) }
  trees.set(root, made)
  return made
}

async function write(read: TarRead, place: Place, member: Member, state: State): Promise<void> {
  const { entry } = read
  const { at, parts } = place
  switch (entry.kind) {
    case 'dir':
      at.tree.folder(parts)
      if (parts.length > 0) state.folders.push({ ...place, entry })
      return
    case 'symlink':
      return at.tree.symlink(parts, entry.target, seconds(entry))
    case 'hardlink': {
      const target = state.written.get(memberName(parsed(entry.target)))
      if (target === undefined || target.at !== at) throw new Refused(`${spelled(member)} is another name of ${entry.target}, which is no file of the archive`)
      at.tree.hardlink(parts, target.parts)
      state.files += 1
      return
    }
    case 'file':
      await writeFile(read, entry, place, state)
      state.written.set(memberName(member), place)
      return
    default:
      throw new Refused(`${spelled(member)} is a ${entry.kind === 'fifo' ? 'pipe' : 'device'}`)
  }
}

async function writeFile(read: TarRead, entry: FileEntry, { at, parts }: Place, state: State): Promise<void> {
  state.left -= entry.size
  if (state.left < 0) throw new Refused('it unpacks to more than there is room for')
  const fd = at.tree.file(parts)
  try {
    for await (const chunk of read.body()) for (let from = 0; from < chunk.length; ) from += writeSync(fd, chunk, from)
    dressFile(fd, entry, state)
  } finally {
    closeSync(fd)
  }
  state.files += 1
  state.bytes += entry.size
}

/** Who may not give files away keeps them, and says so. */
function dressFile(fd: number, entry: FileEntry, state: State): void {
  try {
    dressOpen(fd, dressOf(entry, state))
  } catch (error) {
    if (!state.o.owners || state.ownersLost || (error as NodeJS.ErrnoException).code !== 'EPERM') throw error
    state.ownersLost = true
    dressOpen(fd, dressOf(entry, state))
  }
}

function dressOf(entry: TarEntry, { o, ownersLost }: State): Dress {
  const owners = o.owners && !ownersLost
  return { mode: entry.mode & (owners ? 0o7777 : 0o777), mtimeSeconds: seconds(entry), ...(owners && { owner: { uid: entry.uid, gid: entry.gid } }) }
}

function seconds({ mtimeNs }: TarEntry): number {
  return Number(mtimeNs) / 1e9
}

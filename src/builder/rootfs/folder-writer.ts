/** Writes tree nodes into a folder in overlay form: owners, modes, times, hard links, devices, white-outs and opaque directories. */
import {
  chmodSync,
  closeSync,
  createWriteStream,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../base/problem.ts'
import { errorCode } from '../../media/file-errors.ts'
import { encodeOwner, type Owner, ownerAttribute } from '../exec/keeper/owners.ts'
import type { FinishingWork, Sandbox, Scratch } from '../exec/sandbox.ts'
import { type FileNode, parentOf, type TreeNode, type Waiting } from '../tree/node.ts'
import type { AboutSnapshot } from './about-snapshot.ts'
import { isKeptAttribute } from './file-node.ts'
import { writeWithHoles } from './write-with-holes.ts'

export interface FolderWriter {
  /** The folder above must have been put before; a directory that is put twice is one directory. */
  put(path: string, node: TreeNode, content?: () => AsyncIterable<Uint8Array>): Promise<void>
  /** Another name of an earlier file; false when there is no such file. */
  link(path: string, target: string): boolean
  /** Of lower layers only: what this one has under the name stays, as the specification says. */
  hide(path: string): void
  makeOpaque(path: string): void
  has(path: string): boolean
  isFolder(path: string): boolean
  /** Where a symbolic link of this layer leads to. */
  targetOf(path: string): string | undefined
  /** Directories get their times last, when nothing is written into them any more. */
  end(): Promise<AboutSnapshot>
}

/** `holes`: long runs of zeros take no room. */
export function folderWriter(folder: string, sandbox: Sandbox, o: Scratch & { readonly holes?: true }): FolderWriter {
  const kinds = new Map<string, TreeNode['kind']>()
  const folders = new Map<string, TreeNode>()
  const opaque = new Set<string>()
  const attributes = new Map<string, ReadonlyMap<string, Buffer>>()
  const hidden = new Set<string>()
  /** What is not made by Node, and where links lead. */
  const special = new Map<string, TreeNode>()
  const owners = new Map<string, Owner>()
  let finishing: FinishingWork[] = []
  /** Where there is one id only, the attribute says it, and what has no attributes is remembered. */
  const give = (path: string, node: TreeNode): void => {
    if (!sandbox.keepsOwners || (node.uid === 0 && node.gid === 0)) return
    owners.set(path, { uid: node.uid, gid: node.gid })
    if (node.kind === 'file' || node.kind === 'dir') finishing.push({ kind: 'attribute', path, name: ownerAttribute, value: encodeOwner(node) })
  }
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  chmodSync(folder, 0o755)
  const place = (path: string): string => {
    // Never through a link: what is written below a path that is no directory of ours would land somewhere else.
    const above = parentOf(path)
    if (above !== '' && kinds.get(above) !== 'dir') throw problem('TAR_PATH_ESCAPES', { path, reason: `/${above} is no directory` })
    return join(folder, path)
  }
  const clear = (path: string): string => {
    const file = place(path)
    const before = kinds.get(path)
    if (before === undefined) return file
    rmSync(file, { recursive: true, force: true })
    const gone = (known: string) => known === path || (before === 'dir' && known.startsWith(`${path}/`))
    for (const table of [kinds, folders, attributes, opaque, special, hidden, owners]) {
      if (before === 'dir') for (const known of [...table.keys()]) if (gone(known)) table.delete(known)
      table.delete(path)
    }
    finishing = finishing.filter((work) => !gone(work.path))
    return file
  }
  return {
    has: (path) => kinds.has(path),
    isFolder: (path) => kinds.get(path) === 'dir',
    async put(path, node, content) {
      if (node.kind === 'dir' && path !== '' && kinds.get(path) === 'dir') return void folders.set(path, node)
      if (path === '') return void folders.set(path, node)
      // A new directory in the place of something else shows nothing of what lower layers have there.
      if (node.kind === 'dir' && kinds.has(path)) hidden.add(path)
      const isHidden = hidden.has(path)
      const file = clear(path)
      if (isHidden) hidden.add(path)
      kinds.set(path, node.kind)
      const kept = [...(node.xattrs ?? [])].filter(([name]) => isKeptAttribute(name))
      if (kept.length > 0) attributes.set(path, new Map(kept))
      for (const [name, value] of kept) finishing.push({ kind: 'attribute', path, name, value })
      if (node.kind !== 'dir') give(path, node)
      if (node.kind === 'dir') {
        mkdirSync(file, { mode: 0o755 })
        folders.set(path, node)
      } else if (node.kind === 'symlink') {
        special.set(path, node)
        symlinkSync(node.target, file)
        own(file, node)
        lutimesSync(file, seconds(node), seconds(node))
      } else if (node.kind === 'file') {
        await writeFile(file, node, content, o)
        dress(file, node)
      } else {
        special.set(path, node)
        finishing.push({ kind: 'device', path, type: node.kind, mode: node.mode, major: node.major, minor: node.minor })
        if (!sandbox.keepsOwners) finishing.push({ kind: 'owner', path, uid: node.uid, gid: node.gid })
        finishing.push({ kind: 'time', path, mtimeNs: node.mtimeNs })
      }
    },
    targetOf(path) {
      const node = special.get(path)
      return node?.kind === 'symlink' ? node.target : undefined
    },
    link(path, target) {
      const kind = kinds.get(target)
      if (kind !== 'file' && kind !== 'symlink') return false
      const file = clear(path)
      linkSync(place(target), file)
      kinds.set(path, kind)
      const node = special.get(target)
      if (node !== undefined) special.set(path, node)
      const owner = owners.get(target)
      if (owner !== undefined) owners.set(path, owner)
      return true
    },
    hide(path) {
      place(path)
      hidden.add(path)
    },
    makeOpaque: (path) => void opaque.add(path),
    async end() {
      const marked = new Set<string>()
      for (const path of hidden) {
        if (kinds.get(path) === 'dir') opaque.add(path)
        else if (!kinds.has(path)) {
          finishing.push({ kind: 'device', path, type: 'char', mode: 0, major: 0, minor: 0 })
          marked.add(parentOf(path))
        }
      }
      // Without it the kernel shows white-outs in a directory that no other layer has.
      for (const path of marked)
        if (path !== '') finishing.push({ kind: 'attribute', path, name: `${sandbox.overlayAttributes}origin`, value: Buffer.alloc(0) })
      const paths = [...opaque].filter((path) => path === '' || kinds.get(path) === 'dir')
      // Of the root only we know: an overlay always looks below it.
      for (const path of paths.filter((one) => one !== ''))
        finishing.push({ kind: 'attribute', path, name: `${sandbox.overlayAttributes}opaque`, value: Buffer.from('y') })
      for (const [path, node] of folders) if (path !== '') give(path, node)
      await sandbox.finish(folder, finishing, o)
      for (const [path, node] of [...folders].reverse()) dress(join(folder, path), node)
      return { opaque: paths, attributes, ...(owners.size > 0 && { owners }) }
    },
  }
}

type Given = (() => AsyncIterable<Uint8Array>) | undefined

async function writeFile(file: string, node: FileNode, given: Given, o: Waiting & { readonly holes?: true }): Promise<void> {
  const content = given?.() ?? (await node.content(o))
  if (o.holes === true && !(content instanceof Uint8Array)) return writeWithHoles(file, content as AsyncIterable<Uint8Array>, o)
  if (!(content instanceof Uint8Array) && node.size > 1024 * 1024) {
    const source = content instanceof Readable ? content : Readable.from(content, { objectMode: false })
    return pipeline(source, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal: o.signal })
  }
  const descriptor = openSync(file, 'wx', 0o600)
  try {
    if (content instanceof Uint8Array) writeWhole(descriptor, content)
    else for await (const chunk of content) writeWhole(descriptor, chunk as Uint8Array)
  } finally {
    closeSync(descriptor)
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

function seconds(node: TreeNode): number {
  return Number(node.mtimeNs) / 1e9
}

/** The owner first: changing it takes setuid bits away. */
function dress(file: string, node: TreeNode): void {
  own(file, node)
  chmodSync(file, node.mode)
  utimesSync(file, seconds(node), seconds(node))
}

/** In a user namespace with one id nobody can be given a file: it stays ours. */
function own(file: string, node: TreeNode): void {
  try {
    lchownSync(file, node.uid, node.gid)
  } catch (error) {
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'EPERM') throw error
  }
}

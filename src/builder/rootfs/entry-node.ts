/** A tar entry as a tree node. */
import type { TarEntry } from '../../tar/entry.ts'
import type { FileNode, TreeNode } from '../tree/node.ts'

export interface EntryPlace {
  readonly content: FileNode['content']
  /** Names the content: the archive and the place in it. */
  readonly fingerprint: string
  /** The node of an earlier entry, for hard links. */
  find(path: string): TreeNode | undefined
}

/** The path below the root: no "./" in front, no "/" behind. Undefined: it is the root, or leads out of it. */
export function entryPath(path: string): string | undefined {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/')
}

/** Undefined: a hard link to something that is not there. */
export function entryNode(entry: TarEntry, place: EntryPlace): TreeNode | undefined {
  const { mode, uid, gid, mtimeNs, xattrs } = entry
  const common = { mode, uid, gid, mtimeNs, ...(xattrs !== undefined && { xattrs }) }
  switch (entry.kind) {
    case 'file':
      return { kind: 'file', ...common, size: entry.size, content: place.content, fingerprint: place.fingerprint, inode: place.fingerprint }
    case 'hardlink':
      return place.find(entryPath(entry.target) ?? '')
    case 'symlink':
      return { kind: 'symlink', ...common, target: entry.target }
    case 'dir':
      return { kind: 'dir', ...common }
    case 'fifo':
      return { kind: 'fifo', ...common, major: 0, minor: 0 }
    default:
      return { kind: entry.kind, ...common, major: entry.major, minor: entry.minor }
  }
}

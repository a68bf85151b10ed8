/** A tar entry as a tree node. */
import type { TarEntry } from '../../tar/entry.ts'
import { safePath } from '../../tar/safe-path.ts'
import type { FileNode, TreeNode } from '../tree/node.ts'

export interface EntryPlace {
  readonly content: FileNode['content']
  /** Names the content: the archive and the place in it. */
  readonly fingerprint: string
  /** The node of an earlier entry, for hard links. */
  find(path: string): TreeNode | undefined
}

/** The path below the root: no "/" or "./" in front, no "/" behind. Undefined: it is the root. Throws TAR_PATH_ESCAPES. */
export function entryPath(path: string): string | undefined {
  const safe = safePath(path)
  return safe === '' ? undefined : safe
}

/** What `.wh.NAME` hides. Undefined for names that mean the folder itself or the one above: they hide nothing. */
export function hiddenName(name: string): string | undefined {
  const hidden = name.slice('.wh.'.length)
  return hidden === '' || hidden === '.' || hidden === '..' ? undefined : hidden
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

/** What a path of a file tree is. Contents are opened when their turn comes; descriptions are plain values. */
import type { Readable } from 'node:stream'

export interface Waiting {
  readonly signal: AbortSignal
}

interface Common {
  /** The path in the build context, for messages. */
  readonly origin?: string
  /** Permission, setuid, setgid and sticky bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeNs: bigint
  readonly xattrs?: ReadonlyMap<string, Buffer>
}

/** Exactly the file's bytes. Small files come as bytes. */
export interface Content {
  (o: Waiting): Promise<Readable | Uint8Array>
  /** For small files of this machine: writes the bytes to the start of `room`, which has room for them, and throws as the function does. */
  into?(room: Buffer): void
}

export interface FileNode extends Common {
  readonly kind: 'file'
  readonly size: number
  readonly content: Content
  /** Equal fingerprints: the same content, as far as can be told without reading it. */
  readonly fingerprint: string
  /** Equal within one tree for the names of one hard-linked file. */
  readonly inode?: string
}

/** Files that were written this very moment: a later change may leave the same traces, so their fingerprints hold for one build only. */
export const unsteady = 'unsteady:'

export function isUnsteady(node: FileNode): boolean {
  return node.fingerprint.startsWith(unsteady)
}

export interface DirNode extends Common {
  readonly kind: 'dir'
}

export interface SymlinkNode extends Common {
  readonly kind: 'symlink'
  readonly target: string
}

/** Devices and pipes; contexts do not have them, images may. */
export interface SpecialNode extends Common {
  readonly kind: 'char' | 'block' | 'fifo'
  readonly major: number
  readonly minor: number
}

export type TreeNode = FileNode | DirNode | SymlinkNode | SpecialNode

/**
 * A read-only file tree. Paths have no "/" at either end; the root is "". Symbolic links are never followed here: see `resolve.ts`.
 * `list` answers an empty map for what is no directory; names are in byte order.
 */
export interface Tree {
  find(path: string, o: Waiting): Promise<TreeNode | undefined>
  list(path: string, o: Waiting): Promise<ReadonlyMap<string, TreeNode>>
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : name === '' ? folder : `${folder}/${name}`
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** From here on the order of UTF-16 is not that of bytes. */
const firstSurrogate = 0xd800
const slash = 0x2f

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.replaceAll('/', '\0')), Buffer.from(b.replaceAll('/', '\0')))
}

/** Byte order of path parts: a folder comes right before what is in it. */
export function comparePaths(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x === y) continue
    if (x >= firstSurrogate || y >= firstSurrogate) return compareBytes(a, b)
    return (x === slash ? 0 : x) - (y === slash ? 0 : y)
  }
  return a.length - b.length
}

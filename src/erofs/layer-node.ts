/** A file tree in memory, as one layer's tar describes it. Names and paths are the archive's bytes, one character each ("latin1"): byte order is text order. */
import type { SparseMap } from '../tar/sparse.ts'

export type NodeKind = 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo'

/** Mutable: entries of an archive change what earlier ones said. Two names may share one node: a hard link. */
export interface LayerNode {
  kind: NodeKind
  mode: number
  uid: number
  gid: number
  mtimeNs: bigint
  /** What the file system shows; see `keptAttributes`. */
  xattrs: ReadonlyMap<string, Buffer> | undefined
  size: number
  /** Where the content begins in the tar. */
  offset: number
  /** Set where the tar holds parts of the content only. */
  sparse: SparseMap | undefined
  /** Of a symbolic link, as bytes. */
  target: Buffer | undefined
  major: number
  minor: number
  /** Of a directory. */
  children: Map<string, LayerNode> | undefined
  /** A directory that hides what lower layers have in it. */
  opaque: boolean
  /** A directory that no entry describes: what it is like, lower layers say. */
  implied: boolean
  /** Names that lower layers have and that are gone. */
  whiteouts: Set<string> | undefined
}

export function directory(implied: boolean): LayerNode {
  return { ...blank, kind: 'dir', mode: 0o755, children: new Map(), implied }
}

export const blank: LayerNode = {
  kind: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  mtimeNs: 0n,
  xattrs: undefined,
  size: 0,
  offset: 0,
  sparse: undefined,
  target: undefined,
  major: 0,
  minor: 0,
  children: undefined,
  opaque: false,
  implied: false,
  whiteouts: undefined,
}

/** A path or name of the file system as bytes of one character each, and back. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1')
}

export function fromBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

/** A file of a layer's folder as a tree node. */
import { type BigIntStats, readlinkSync } from 'node:fs'
import { fileContent } from '../context/file-content.ts'
import { type Owner, ownerAttribute } from '../exec/keeper/owners.ts'
import type { TreeNode } from '../tree/node.ts'

interface NodeFacts {
  /** Where the content will be read. */
  readonly content: string
  readonly attributes?: ReadonlyMap<string, Buffer> | undefined
  /** Where the file system could not give it to its owner. */
  readonly owner?: Owner | undefined
}

/** Undefined: a socket, which no layer can hold. */
export function nodeOf(file: string, stats: BigIntStats, { content, attributes, owner }: NodeFacts): TreeNode | undefined {
  const kept = [...(attributes ?? [])].filter(([name]) => isKeptAttribute(name))
  const common = {
    mode: Number(stats.mode & 0o7777n),
    uid: owner?.uid ?? Number(stats.uid),
    gid: owner?.gid ?? Number(stats.gid),
    mtimeNs: stats.mtimeNs,
    ...(kept.length > 0 && { xattrs: new Map(kept) }),
  }
  if (stats.isDirectory()) return { kind: 'dir', ...common }
  if (stats.isSymbolicLink()) return { kind: 'symlink', ...common, mode: 0o777, target: readlinkSync(file) }
  if (stats.isFile()) {
    const fingerprint = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`
    const inode = stats.nlink > 1n ? { inode: `${stats.dev}:${stats.ino}` } : {}
    return { kind: 'file', ...common, size: Number(stats.size), content: fileContent(content, Number(stats.size)), fingerprint, ...inode }
  }
  if (stats.isFIFO()) return { kind: 'fifo', ...common, major: 0, minor: 0 }
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return undefined
  const device = { major: Number((stats.rdev >> 8n) & 0xfffn), minor: Number((stats.rdev & 0xffn) | ((stats.rdev >> 12n) & 0xfff00n)) }
  return { kind: stats.isBlockDevice() ? 'block' : 'char', ...common, ...device }
}

/** What an overlay and the keeper of owners keep for themselves is no part of an image, and must not come in with one either. */
export function isKeptAttribute(name: string): boolean {
  return name === 'security.capability' || (name.startsWith('user.') && !name.startsWith('user.overlay.') && name !== ownerAttribute)
}

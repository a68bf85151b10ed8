/** Names of a layer in the cache: by what can be told without reading (quick), by content (its identity), and in one form (its blob). */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/json.ts'
import { pinnedGzip } from '../../oci/compress.ts'
import type { ImageFormat } from '../../oci/media-types.ts'
import type { Changes } from '../layer/write-layer.ts'
import { type FileNode, isUnsteady, type TreeNode } from '../tree/node.ts'

/** Changes whenever equal keys would no longer mean equal layers. */
const version = 2

export interface KeyFacts {
  /** Times are part of the key only where they are asked for; otherwise an unchanged file with a new time is the same file. */
  readonly times: boolean
}

/** Undefined: some file may change without a trace, so only its content tells. */
export function quickKey(changes: Changes, facts: KeyFacts): string | undefined {
  if (changes.some(([, node]) => node.kind === 'file' && isUnsteady(node))) return undefined
  return hashOf('quick', facts, changes, (node) => node.fingerprint)
}

/** Equal identities, equal files, whoever compresses them and on whatever machine. */
export function identityKey(changes: Changes, facts: KeyFacts, hashes: ReadonlyMap<string, string>): string {
  return hashOf('content', facts, changes, (node) => hashes.get(node.fingerprint) ?? node.fingerprint)
}

export function isIdentity(text: string): boolean {
  return /^content-[0-9a-f]{64}$/.test(text)
}

/** The paths alone: a record of this name says that such a layer was built before, so that hashing contents may pay. */
export function shapeKey(changes: Changes, facts: KeyFacts): string {
  return hashOf('shape', facts, changes, () => '')
}

/** The record of a layer's blob. */
export function layerKey(identity: string, format: ImageFormat): string {
  return `layer-${createHash('sha256')
    .update(canonicalJson({ version, identity, format, compressor: pinnedGzip.name }))
    .digest('hex')}`
}

function hashOf(kind: string, facts: KeyFacts, changes: Changes, identity: (node: FileNode, path: string) => string): string {
  const hash = createHash('sha256')
  hash.update(canonicalJson({ version, kind, times: facts.times }))
  const names = new Map<string, string>()
  for (const [path, node] of changes) {
    const linked = node.kind === 'file' && node.inode !== undefined ? names.get(node.inode) : undefined
    if (node.kind === 'file' && node.inode !== undefined && linked === undefined) names.set(node.inode, path)
    hash.update(`\n${JSON.stringify(described(path, node, facts, linked === undefined ? identity : () => `= ${linked}`))}`)
  }
  return `${kind}-${hash.digest('hex')}`
}

/** An array, not an object: this runs once per file of the context. */
function described(path: string, node: TreeNode, facts: KeyFacts, identity: (node: FileNode, path: string) => string): readonly unknown[] {
  const time = facts.times ? String(node.mtimeNs) : ''
  const attributes = node.xattrs === undefined ? [] : [[...node.xattrs].map(([name, value]) => [name, value.toString('base64')])]
  const common = [path, node.kind, node.mode, node.uid, node.gid, time, ...attributes]
  if (node.kind === 'file') return [...common, identity(node, path)]
  if (node.kind === 'symlink') return [...common, node.target]
  return 'major' in node ? [...common, node.major, node.minor] : common
}

/** Changed paths as a tar, in the pieces in which it is compressed: small files are read straight into them. */
import { createHash, hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isProblem, problem } from '../../base/problem.ts'
import { type PiecePool, piecePool } from '../../oci/pieces.ts'
import { paddingAfter } from '../../tar/entry.ts'
import { encodeHeader } from '../../tar/header.ts'
import type { FileNode, TreeNode, Waiting } from '../tree/node.ts'
import { type Packer, packer } from './packer.ts'
import { tarEntry } from './tar-entry.ts'

export type Changes = readonly (readonly [string, TreeNode])[]

export interface Reading extends Waiting {
  /** Told the content hash of each file as it goes by. */
  readonly onContent?: (path: string, hash: string) => void
  /** Where pieces come from, when somebody gives them back. */
  readonly pool?: PiecePool
}

/** A file with several names is read at the first. Throws BUILD_CONTEXT_CHANGED and BUILD_CONTEXT_UNREADABLE. */
export function layerTar(changes: Changes, o: Reading): Readable {
  return Readable.from(pieces(changes, o), { objectMode: false, signal: o.signal })
}

async function* pieces(changes: Changes, o: Reading): AsyncGenerator<Buffer> {
  const pack = packer(o.pool ?? piecePool())
  const first = new Map<string, string>()
  for (const [path, node] of changes) {
    o.signal.throwIfAborted()
    const inode = node.kind === 'file' ? node.inode : undefined
    const target = inode === undefined ? undefined : first.get(inode)
    if (inode !== undefined && target === undefined) first.set(inode, path)
    pack.add(encodeHeader(tarEntry(path, node, target)))
    if (node.kind === 'file' && target === undefined) {
      if (!packHere(path, node, pack, o)) yield* packStream(path, node, pack, o)
      pack.zeros(paddingAfter(node.size))
    }
    yield* pack.full()
  }
  pack.zeros(1024)
  yield* pack.rest()
}

/** False: it is no small file of this machine, or would cross a border. */
function packHere(path: string, node: FileNode, pack: Packer, o: Reading): boolean {
  const room = pack.room()
  if (node.content.into === undefined || node.size > room.length) return false
  try {
    node.content.into(room)
  } catch (error) {
    throw spoken(path, error, o)
  }
  o.onContent?.(path, hash('sha256', room.subarray(0, node.size), 'hex'))
  pack.took(node.size)
  return true
}

async function* packStream(path: string, node: FileNode, pack: Packer, o: Reading): AsyncGenerator<Buffer> {
  const digest = createHash('sha256')
  let size = 0
  try {
    const content = await node.content(o)
    for await (const chunk of content instanceof Readable ? content : [content]) {
      const bytes = chunk as Uint8Array
      size += bytes.length
      if (size > node.size) break
      if (o.onContent !== undefined) digest.update(bytes)
      pack.add(bytes)
      yield* pack.full()
    }
  } catch (error) {
    throw spoken(path, error, o)
  }
  if (size !== node.size) throw problem('BUILD_CONTEXT_CHANGED', { path })
  o.onContent?.(path, digest.digest('hex'))
}

/** Gone between listing and reading is a change too. */
function spoken(path: string, error: unknown, o: Waiting): unknown {
  o.signal.throwIfAborted()
  if (isProblem(error) || !(error instanceof Error && 'code' in error)) return error
  if (error.code === 'ENOENT') return problem('BUILD_CONTEXT_CHANGED', { path }, { cause: error })
  return problem('BUILD_CONTEXT_UNREADABLE', { path, reason: String(error.code) }, { cause: error })
}

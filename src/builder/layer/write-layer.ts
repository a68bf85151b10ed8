/** Changed paths to a layer: tarred straight from their sources while it is hashed, compressed and stored, all in one pass. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { isProblem, problem } from '../../base/problem.ts'
import { byteMeter } from '../../oci/byte-meter.ts'
import { pinnedGzip } from '../../oci/compress.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { join } from '../../oci/join.ts'
import { type ImageFormat, layerTypes } from '../../oci/media-types.ts'
import { type TarItem, writeTar } from '../../tar/write-tar.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { FileNode, TreeNode, Waiting } from '../tree/node.ts'
import { tarEntry } from './tar-entry.ts'

export type Changes = readonly (readonly [string, TreeNode])[]

export interface WrittenLayer {
  readonly diffId: Digest
  readonly descriptor: Descriptor
}

interface Reading extends Waiting {
  /** Told the content hash of each file as it streams by. */
  readonly onContent?: (path: string, hash: string) => void
}

export interface WriteOptions extends Reading {
  readonly store: BuildStore
  readonly format: ImageFormat
}

export async function writeLayer(changes: Changes, o: WriteOptions): Promise<WrittenLayer> {
  const plain = byteMeter()
  const tar = writeTar(layerItems(changes, o), o)
  try {
    const { digest, size } = await o.store.putBlob(join(tar, [plain.stream, ...pinnedGzip.streams()], o), o)
    return { diffId: plain.digest(), descriptor: { mediaType: layerTypes[o.format].gzip, digest, size } }
  } catch (error) {
    o.signal.throwIfAborted()
    if (!isProblem(error, 'TAR_UNWRITABLE')) throw error
    throw problem('BUILD_CONTEXT_CHANGED', { path: /^\S+/.exec(error.message)?.[0] ?? 'a file' }, { cause: error })
  }
}

export async function* layerItems(changes: Changes, o: Reading): AsyncGenerator<TarItem> {
  const first = new Map<string, string>()
  for (const [path, node] of changes) {
    const inode = node.kind === 'file' ? node.inode : undefined
    const target = inode === undefined ? undefined : first.get(inode)
    if (inode !== undefined && target === undefined) first.set(inode, path)
    const entry = tarEntry(path, node, target)
    if (node.kind !== 'file' || target !== undefined) yield { entry }
    else yield { entry, ...(await bodyOf(path, node, o)) }
  }
}

async function bodyOf(path: string, node: FileNode, o: Reading): Promise<{ body: NonNullable<TarItem['body']> }> {
  const content = await opened(path, node, o)
  if (!(content instanceof Readable)) {
    o.onContent?.(path, createHash('sha256').update(content).digest('hex'))
    return { body: content }
  }
  return { body: async () => (o.onContent === undefined ? content : watched(content, (hash) => o.onContent?.(path, hash))) }
}

/** Gone between listing and reading is a change too. */
async function opened(path: string, node: FileNode, o: Waiting): Promise<Readable | Uint8Array> {
  try {
    return await node.content(o)
  } catch (error) {
    o.signal.throwIfAborted()
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw problem('BUILD_CONTEXT_CHANGED', { path }, { cause: error })
    if (error instanceof Error && 'code' in error) throw problem('BUILD_CONTEXT_UNREADABLE', { path, reason: String(error.code) }, { cause: error })
    throw error
  }
}

function watched(content: Readable, done: (hash: string) => void): Readable {
  const hash = createHash('sha256')
  const chunks = async function* () {
    for await (const chunk of content) {
      hash.update(chunk as Uint8Array)
      yield chunk as Uint8Array
    }
    done(hash.digest('hex'))
  }
  return Readable.from(chunks(), { objectMode: false })
}

/** Changed paths to a layer: tarred straight from their sources while it is hashed, compressed and stored, all in one pass. */
import { pinnedGzip } from '../../oci/compress.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { join } from '../../oci/join.ts'
import { type ImageFormat, layerTypes } from '../../oci/media-types.ts'
import { piecePool } from '../../oci/pieces.ts'
import type { BuildStore } from '../store/build-store.ts'
import { type Changes, layerTar, type Reading } from './layer-tar.ts'
import { layerMemory } from './piece-memory.ts'

export type { Changes } from './layer-tar.ts'

export interface WrittenLayer {
  readonly diffId: Digest
  readonly descriptor: Descriptor
  /** When it was made. */
  readonly createdMs?: number
}

export interface WriteOptions extends Reading {
  readonly store: BuildStore
  readonly format: ImageFormat
  readonly createdMs: number
  /** The blob of a layer that this one may resemble. */
  readonly previous?: Digest | undefined
}

export async function writeLayer(changes: Changes, o: WriteOptions): Promise<WrittenLayer> {
  const pool = piecePool()
  const memory = await layerMemory(o.store, pinnedGzip.name, o.previous, o)
  try {
    let diffId: Digest | undefined
    const streams = pinnedGzip.streams({ done: pool.give, memory, onPlain: (plain) => (diffId = plain) })
    const packed = join(layerTar(changes, { ...o, pool }), streams, o)
    const { digest, size } = await o.store.putBlob(packed, o)
    await memory.save(digest, o)
    if (diffId === undefined) throw new Error('a compressed layer without the digest of what it holds')
    return { diffId, descriptor: { mediaType: layerTypes[o.format].gzip, digest, size }, createdMs: o.createdMs }
  } finally {
    await memory.close()
  }
}

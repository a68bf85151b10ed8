/** Whole layers from small cores: give the bytes in the form you have, get every other form. */
import { Readable } from 'node:stream'
import { byteMeter, verifier } from './byte-meter.ts'
import { type Compressor, pinnedGzip } from './compress.ts'
import { decompressed } from './decompress.ts'
import type { Descriptor } from './descriptor.ts'
import { type Digest, digestOf, shortDigest } from './digest.ts'
import { drain, join } from './join.ts'
import { type ImageFormat, layerTypes } from './media-types.ts'
import { once } from './once.ts'
import type { RepositoryRef } from './ref.ts'
import type { Layer, Waiting } from './views.ts'

export interface CompressedLayerCore {
  readonly descriptor: Descriptor
  diffId(): Promise<Digest>
  /** The blob's bytes, unverified. Called once per reader. */
  open(o: Waiting): Promise<Readable>
  /** Where it is, for messages. */
  readonly place?: string
  readonly origin?: RepositoryRef
}

/** A layer whose blob exists already: content store, registry, archive. */
export function layerFromBlob(core: CompressedLayerCore): Layer {
  const { digest, size } = core.descriptor
  const what = `layer ${shortDigest(digest)}${core.place === undefined ? '' : ` of ${core.place}`}`
  const compressed = async (o: Waiting) => join(await core.open(o), [verifier({ digest, size }, what)], o)
  return {
    descriptor: async () => core.descriptor,
    diffId: once(() => core.diffId()),
    compressed,
    uncompressed: async (o) => decompressed(await compressed(o), what, o),
    ...(core.origin !== undefined && { origin: core.origin }),
  }
}

export interface PlainLayerCore {
  readonly diffId: Digest
  readonly format: ImageFormat
  /** The tar stream, unverified. */
  open(o: Waiting): Promise<Readable>
}

/** A layer that exists only as a plain tar: the pinned compressor gives its blob, anew for each reader. `signal` bounds the pass that finds the digest. */
export function layerFromTar(core: PlainLayerCore, o: Waiting & { readonly compressor?: Compressor }): Layer {
  const compressor = o.compressor ?? pinnedGzip
  const uncompressed = async (w: Waiting) => join(await core.open(w), [verifier({ digest: core.diffId }, `layer ${shortDigest(core.diffId)}`)], w)
  const compressed = async (w: Waiting) => join(await uncompressed(w), compressor.streams(), w)
  const descriptor = once(async (): Promise<Descriptor> => {
    const meter = byteMeter()
    await drain(join(await compressed(o), [meter.stream], o))
    return { mediaType: layerTypes[core.format].gzip, digest: meter.digest(), size: meter.size() }
  })
  return { descriptor, diffId: async () => core.diffId, compressed, uncompressed }
}

/** A small layer in memory: tests, and metadata that is generated. */
export function layerFromBytes(blob: Buffer, o: { readonly mediaType: string; readonly diffId: Digest }): Layer {
  const descriptor = { mediaType: o.mediaType, digest: digestOf(blob), size: blob.length }
  return layerFromBlob({ descriptor, diffId: async () => o.diffId, open: async () => Readable.from([blob], { objectMode: false }) })
}

/** The nouns of the image library: Layer, Image and Index are immutable views; where their bytes come from is the implementer's business. */
import type { Readable } from 'node:stream'
import type { Descriptor } from './descriptor.ts'
import type { Digest } from './digest.ts'
import type { ImageConfig, IndexManifest, Manifest } from './manifest.ts'
import type { RepositoryRef } from './ref.ts'

export interface Waiting {
  readonly signal: AbortSignal
}

/**
 * One layer. Descriptions are computed at most once and remembered; a view that must work for them (fetch, compress) does so
 * under the signal it was opened with. Streams may be opened any number of times, also at once; the reader ends or destroys them.
 */
export interface Layer {
  /** Media type, digest and size of the compressed form. */
  descriptor(): Promise<Descriptor>
  /** Digest of the plain tar stream. */
  diffId(): Promise<Digest>
  /** The bytes that registries hold, verified against the descriptor while they are read. */
  compressed(o: Waiting): Promise<Readable>
  /** The tar stream. */
  uncompressed(o: Waiting): Promise<Readable>
  /**
   * The blob's bytes for a single receiver while they are being made, when nobody can name them yet; at their end `descriptor` does.
   * Undefined when they are made already, or for somebody else.
   */
  readonly unnamed?: (o: Waiting) => AsyncIterable<Buffer> | undefined
  /** The repository that already holds the blob, so that a push to the same registry can mount it. */
  readonly origin?: RepositoryRef
}

/** One image: a manifest, kept byte-exact, the configuration and the layers it names. */
export interface Image {
  readonly kind: 'image'
  readonly mediaType: string
  /** The manifest waits until every layer is compressed: receivers who can do something with single layers start with those. */
  readonly manifestLast?: true
  manifestBytes(): Promise<Buffer>
  manifest(): Promise<Manifest>
  /** The configuration's bytes. Artifacts have configurations that are no image configuration. */
  configBytes(): Promise<Buffer>
  /** Throws CONFIG_INVALID when the image is another kind of artifact. */
  config(): Promise<ImageConfig>
  /** From the lowest to the topmost, as the manifest lists them. */
  layers(): Promise<readonly Layer[]>
  digest(): Promise<Digest>
  readonly origin?: RepositoryRef
}

/** A list of images (or of lists), usually one per platform. */
export interface Index {
  readonly kind: 'index'
  readonly mediaType: string
  manifestBytes(): Promise<Buffer>
  manifest(): Promise<IndexManifest>
  digest(): Promise<Digest>
  /** In the manifest's order. Opening a child reads its manifest only. */
  children(): Promise<readonly IndexChild[]>
  readonly origin?: RepositoryRef
}

export interface IndexChild {
  readonly descriptor: Descriptor
  open(): Promise<Image | Index>
}

/** The descriptor by which others point at an image or index. */
export async function describe(view: Image | Index): Promise<Descriptor> {
  const bytes = await view.manifestBytes()
  return { mediaType: view.mediaType, digest: await view.digest(), size: bytes.length }
}

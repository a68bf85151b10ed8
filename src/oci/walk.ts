/** Everything an image or index consists of, in the order in which a receiver needs it: blobs, then the manifest that names them, children first. */
import { Readable } from 'node:stream'
import type { Descriptor } from './descriptor.ts'
import type { Digest } from './digest.ts'
import { isForeignLayerType } from './media-types.ts'
import type { RepositoryRef } from './ref.ts'
import { describe, type Image, type Index, type Layer, type Waiting } from './views.ts'

export interface BlobPart {
  readonly kind: 'blob'
  readonly descriptor: Descriptor
  open(o: Waiting): Promise<Readable>
  readonly origin?: RepositoryRef
}

export interface ManifestPart {
  readonly kind: 'manifest'
  readonly descriptor: Descriptor
  readonly bytes: Buffer
}

export type Part = BlobPart | ManifestPart

/** Each digest once. Layers that stay at their own URLs are left out: nobody stores them. */
export async function* walk(view: Image | Index, seen: Set<Digest> = new Set()): AsyncGenerator<Part> {
  const descriptor = await describe(view)
  if (seen.has(descriptor.digest)) return
  if (view.kind === 'index') {
    for (const child of await view.children()) if (!seen.has(child.descriptor.digest)) yield* walk(await child.open(), seen)
  } else {
    for (const blob of await blobsOf(view)) {
      if (seen.has(blob.descriptor.digest)) continue
      seen.add(blob.descriptor.digest)
      yield blob
    }
  }
  seen.add(descriptor.digest)
  yield { kind: 'manifest', descriptor, bytes: await view.manifestBytes() }
}

/** Undefined for a layer that stays at its own URLs. */
export async function layerBlob(layer: Layer): Promise<BlobPart | undefined> {
  const descriptor = await layer.descriptor()
  if (isForeignLayerType(descriptor.mediaType) && (descriptor.urls?.length ?? 0) > 0) return undefined
  return { kind: 'blob', descriptor, open: (o) => layer.compressed(o), ...(layer.origin !== undefined && { origin: layer.origin }) }
}

/** The layers from the lowest up, then the configuration. */
async function blobsOf(image: Image): Promise<readonly BlobPart[]> {
  const parts: BlobPart[] = []
  for (const layer of await image.layers()) {
    const part = await layerBlob(layer)
    if (part !== undefined) parts.push(part)
  }
  const { config } = await image.manifest()
  const open = async () => Readable.from([await image.configBytes()], { objectMode: false })
  parts.push({ kind: 'blob', descriptor: config, open, ...(image.origin !== undefined && { origin: image.origin }) })
  return parts
}

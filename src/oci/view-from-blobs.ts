/** Images out of any place where blobs are found by descriptor: a content store, a layout, an archive, a registry. */
import type { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { verifyBytes } from './byte-meter.ts'
import type { Descriptor } from './descriptor.ts'
import { shortDigest } from './digest.ts'
import { isIndexType, isManifestType } from './media-types.ts'
import { imageFromManifest, indexFromManifest } from './partial-image.ts'
import { layerFromBlob } from './partial-layer.ts'
import type { RepositoryRef } from './ref.ts'
import { sniffMediaType } from './schema.ts'
import type { Image, Index, Waiting } from './views.ts'

export interface BlobPlace {
  /** For messages: the reference or file. */
  readonly name: string
  /** A manifest, whole and unverified. */
  readManifest(descriptor: Descriptor): Promise<Buffer>
  /** A configuration, whole and unverified. */
  readConfig(descriptor: Descriptor): Promise<Buffer>
  /** A layer's bytes, unverified. */
  open(descriptor: Descriptor, o: Waiting): Promise<Readable>
  /** Where all this can be mounted from. */
  readonly origin?: RepositoryRef
}

/** Reads and verifies the manifest; the rest is read when it is asked for. */
export async function openView(place: BlobPlace, descriptor: Descriptor, parents: readonly string[] = []): Promise<Image | Index> {
  const bytes = await place.readManifest(descriptor)
  verifyBytes(bytes, descriptor, `manifest ${shortDigest(descriptor.digest)} of ${place.name}`)
  return viewOfManifest(place, bytes, { mediaType: descriptor.mediaType, parents: [...parents, descriptor.digest] })
}

/** Deeper nesting than this serves nobody; a cycle cannot be made with honest digests. */
const deepest = 8

/** The same for manifest bytes in hand, which are taken as they are. */
export function viewOfManifest(
  place: BlobPlace,
  manifestBytes: Buffer,
  o: { readonly mediaType?: string; readonly parents?: readonly string[] } = {},
): Image | Index {
  const parents = o.parents ?? []
  const mediaType = o.mediaType ?? sniffMediaType(manifestBytes) ?? ''
  if (parents.length > deepest) throw problem('MANIFEST_INVALID', { what: place.name, reason: `indexes are nested more than ${deepest} deep` })
  const origin = place.origin === undefined ? {} : { origin: place.origin }
  if (isIndexType(mediaType)) {
    return indexFromManifest({ name: place.name, mediaType, manifestBytes, open: (child) => openView(place, child, parents), ...origin })
  }
  if (!isManifestType(mediaType))
    throw problem('MANIFEST_INVALID', {
      what: place.name,
      reason: mediaType === '' ? 'it names no media type' : `its media type ${mediaType} is not supported`,
    })
  return imageFromManifest({
    name: place.name,
    mediaType,
    manifestBytes,
    readConfig: (descriptor) => place.readConfig(descriptor),
    layer: (descriptor, diffId) => layerFromBlob({ descriptor, diffId, open: (w) => place.open(descriptor, w), place: place.name, ...origin }),
    ...origin,
  })
}

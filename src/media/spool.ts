/** A layer that must be compressed is compressed once, into a content store, and read from there by every receiver. */

import { type ImageFormat, layerTypes } from '../oci/media-types.ts'
import { once } from '../oci/once.ts'
import type { Layer, Waiting } from '../oci/views.ts'
import type { ContentStore } from './content-store.ts'

/** `signal` bounds the one pass that compresses. */
export function spooled(layer: Layer, o: Waiting & { readonly store: ContentStore; readonly format: ImageFormat }): Layer {
  const stored = once(async () => o.store.put(await layer.compressed(o), { signal: o.signal }))
  return {
    ...layer,
    descriptor: async () => ({ mediaType: layerTypes[o.format].gzip, ...(await stored()) }),
    compressed: async (w) => o.store.open((await stored()).digest, w),
  }
}

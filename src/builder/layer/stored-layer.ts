/** A layer whose blob is in the build store, as the image library sees it. */
import { layerFromBlob } from '../../oci/partial-layer.ts'
import type { Layer } from '../../oci/views.ts'
import type { CacheStore } from '../cache/cache-store.ts'
import type { WrittenLayer } from './write-layer.ts'

export function storedLayer({ diffId, descriptor }: WrittenLayer, store: CacheStore): Layer {
  const origin = store.originOf(descriptor.digest)
  return layerFromBlob({ descriptor, diffId: async () => diffId, open: (o) => store.openBlob(descriptor.digest, o), ...(origin !== undefined && { origin }) })
}

/** A layer whose blob is in the build store, as the image library sees it. */
import { layerFromBlob } from '../../oci/partial-layer.ts'
import type { Layer } from '../../oci/views.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { WrittenLayer } from './write-layer.ts'

export function storedLayer({ diffId, descriptor }: WrittenLayer, store: BuildStore): Layer {
  return layerFromBlob({ descriptor, diffId: async () => diffId, open: (o) => store.openBlob(descriptor.digest, o) })
}

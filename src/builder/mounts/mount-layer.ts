/** The layer of a packed cache mount: what it unpacks to is said by its row, because a cache has no image configuration. */
import { layerFromBlob } from '../../oci/partial-layer.ts'
import type { Layer } from '../../oci/views.ts'
import type { PackedMount } from '../../ports/cache-mounts.ts'

/** `blob`: where its bytes are. */
export function mountLayer({ descriptor, diffId }: PackedMount, blob: Pick<Layer, 'compressed' | 'origin'>): Layer {
  const { origin } = blob
  return layerFromBlob({ descriptor, diffId: async () => diffId, open: (o) => blob.compressed(o), ...(origin !== undefined && { origin }) })
}

/** A layer that is written when somebody needs it: stages that are only copied from never compress anything. */
import { once } from '../oci/once.ts'
import type { Layer } from '../oci/views.ts'
import { storedLayer } from './layer/stored-layer.ts'
import type { Changes } from './layer/write-layer.ts'
import { type CacheOptions, layerFor } from './solve/layer-cache.ts'
import type { Limit } from './solve/limit.ts'

export interface WrittenLayer {
  readonly layer: Layer
  readonly cached: boolean
}

export type PendingLayer = () => Promise<WrittenLayer>

export function pendingLayer(changes: Changes, cache: CacheOptions, limit: Limit): PendingLayer {
  return once(async () => {
    const written = await limit(() => layerFor(changes, cache))
    return { layer: storedLayer(written, cache.store), cached: written.cached }
  })
}

export function existingLayer(layer: Layer): PendingLayer {
  return async () => ({ layer, cached: false })
}

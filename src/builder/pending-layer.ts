/** A layer that is written when somebody needs it: stages that are only copied from never compress anything. */
import { once } from '../oci/once.ts'
import type { Layer } from '../oci/views.ts'
import { storedLayer } from './layer/stored-layer.ts'
import type { Changes } from './layer/write-layer.ts'
import type { TarSource } from './rootfs/erofs/images.ts'
import { type Fill, fillFromChanges, fillFromTar } from './rootfs/fill.ts'
import { tarOf } from './rootfs/layer-tar.ts'
import { identityOf } from './solve/identity.ts'
import { type CacheOptions, layerFor } from './solve/layer-cache.ts'
import type { Limit } from './solve/limit.ts'

export interface WrittenLayer {
  readonly layer: Layer
  readonly cached: boolean
}

export interface PendingLayer {
  readonly write: () => Promise<WrittenLayer>
  /** Names the content without writing it: equal identities, equal files. */
  readonly identity: () => Promise<string>
  /** Puts the files into a folder, for a RUN above to stand on. */
  readonly fill: Fill
  /** Its tar, where there is one: it can be mounted as it is. */
  readonly tar?: TarSource
}

export function pendingLayer(changes: Changes, cache: CacheOptions, limit: Limit): PendingLayer {
  return {
    write: once(async () => {
      const written = await limit(() => layerFor(changes, cache))
      return { layer: storedLayer(written, cache.store), cached: written.cached }
    }),
    identity: once(() => identityOf(changes, cache)),
    fill: fillFromChanges(changes),
  }
}

export function existingLayer(layer: Layer): PendingLayer {
  const tar = tarOf(layer)
  return { write: async () => ({ layer, cached: false }), identity: () => layer.diffId(), fill: fillFromTar(tar), tar }
}

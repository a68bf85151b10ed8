/** A layer that is written when somebody needs it: stages that are only copied from never compress anything. */
import { once } from '../oci/once.ts'
import type { Layer } from '../oci/views.ts'
import type { CacheStore } from './cache/cache-store.ts'
import type { KeptLayer, Outcome } from './cache/kept-layer.ts'
import type { Facts } from './cache/story.ts'
import { storedLayer } from './layer/stored-layer.ts'
import type { Changes } from './layer/write-layer.ts'
import type { TarSource } from './rootfs/erofs/images.ts'
import { type Fill, fillFromChanges, fillFromTar } from './rootfs/fill.ts'
import { indexWriter } from './rootfs/layer-index.ts'
import { tarOf } from './rootfs/layer-tar.ts'
import { identityOf } from './solve/identity.ts'
import { layerKey, shapeKey } from './solve/key.ts'
import { type CachedLayer, type CacheOptions, layerFor, readLayer } from './solve/layer-cache.ts'
import type { Limit } from './solve/limit.ts'
import type { BuildStore } from './store/build-store.ts'
import type { Waiting } from './tree/node.ts'

export interface WrittenLayer {
  readonly layer: Layer
  readonly cached: boolean
  /** When it was made, where that is known. */
  readonly createdMs?: number
}

export interface PendingLayer {
  readonly write: () => Promise<WrittenLayer>
  /** Names the content without writing it: equal identities, equal files. */
  readonly identity: () => Promise<string>
  /** Puts the files into a folder, for a RUN above to stand on. */
  readonly fill: Fill
  /** Its tar, where there is one: it can be mounted as it is. */
  readonly tar?: TarSource
  /** Absent for layers of a base image. */
  readonly kept?: KeptLayer
}

export interface LayerOptions {
  readonly cache: CacheOptions & { readonly store: CacheStore }
  readonly limit: Limit
  readonly facts: Facts
  /** Further records by which the layer is found. */
  readonly alias: (identity: string) => Promise<KeptRecords>
}

type KeptRecords = Awaited<ReturnType<KeptLayer['records']>>

export function pendingLayer(changes: Changes, o: LayerOptions): PendingLayer {
  const { cache, limit } = o
  const identity = once(() => identityOf(changes, cache))
  let written: CachedLayer | undefined
  const fate = (): Outcome => {
    if (written === undefined) return { kind: 'unkept' }
    return written.cached ? { kind: 'hit', from: cache.store.whence(layerKey(written.identity, cache.format)) } : { kind: 'made' }
  }
  return {
    identity,
    fill: fillFromChanges(changes),
    write: once(async () => {
      written = await limit(() => layerFor(changes, cache))
      return { layer: storedLayer(written, cache.store), cached: written.cached, ...ageOf(written) }
    }),
    kept: {
      fate,
      result: identity,
      facts: o.facts,
      changes,
      async records() {
        const alias = await o.alias(await identity())
        if (written === undefined) return alias
        const { diffId, descriptor } = written
        const record = JSON.stringify({ diffId, descriptor, ...ageOf(written) })
        return [...alias, [shapeKey(changes, cache), '1'], [layerKey(written.identity, cache.format), record]]
      },
    },
  }
}

export function ageOf({ createdMs }: { readonly createdMs?: number }): { readonly createdMs?: number } {
  return createdMs === undefined ? {} : { createdMs }
}

/** Its files were placed by an earlier build, from the same sources onto the same layers; `replay` places them again if need be. */
export function recalledLayer(identity: string, replay: () => Promise<Changes>, o: LayerOptions): PendingLayer {
  const { cache } = o
  const name = layerKey(identity, cache.format)
  const again = once(async () => pendingLayer(await replay(), o))
  let hit = false
  return {
    identity: async () => identity,
    fill: async (writer, below, w) => fillFromChanges(await replay())(writer, below, w),
    write: once(async () => {
      const known = await readLayer(cache.store, name, cache)
      if (known === undefined) return (await again()).write()
      hit = true
      return { layer: storedLayer(known, cache.store), cached: true, ...ageOf(known) }
    }),
    kept: {
      fate: () => (hit ? { kind: 'hit', from: cache.store.whence(name) } : { kind: 'unkept' }),
      result: async () => identity,
      facts: o.facts,
      async records() {
        const alias = await o.alias(identity)
        const text = hit ? await cache.store.readRecord(name, cache) : undefined
        return text === undefined ? alias : [...alias, [name, text]]
      },
    },
  }
}

export function existingLayer(layer: Layer): PendingLayer {
  const tar = tarOf(layer)
  return { write: async () => ({ layer, cached: false }), identity: () => layer.diffId(), fill: fillFromTar(tar), tar }
}

/** A layer of a base image: whoever unpacks it leaves its index for builds that only look into it. */
export function baseLayer(layer: Layer, o: Waiting & { readonly store: BuildStore }): PendingLayer {
  return { ...existingLayer(layer), fill: fillFromTar(tarOf(layer), indexWriter(layer, o)) }
}

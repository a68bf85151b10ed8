/** The builder's store with other caches behind it: their records are asked when this machine has none, their layers fetched when somebody reads them. */
import { problem } from '../../base/problem.ts'
import type { Digest } from '../../oci/digest.ts'
import type { RepositoryRef } from '../../oci/ref.ts'
import type { Layer } from '../../oci/views.ts'
import type { MountFacts } from '../../ports/cache-mounts.ts'
import { mountLayer } from '../mounts/mount-layer.ts'
import { keyOf } from '../mounts/mount-name.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'
import type { CacheImport } from './cache-import.ts'

export const thisMachine = 'this machine'

export interface CacheStore extends BuildStore {
  /** Where a record was found. */
  whence(name: string): string
  /** The repository that holds the blob, so that a push to the same registry can mount it. */
  originOf(digest: Digest): RepositoryRef | undefined
  /** A cache mount as another machine left it, the newest first. */
  packedMount(facts: MountFacts): Promise<PackedLayer | undefined>
}

export interface PackedLayer {
  readonly layer: Layer
  /** Whose it is, for messages. */
  readonly from: string
}

/** A record that was of use is kept here too, as if it had been made here; its blob is not fetched for that. */
export function cacheStore(local: BuildStore, imports: () => Promise<readonly CacheImport[]>, shared: (name: string) => boolean = () => true): CacheStore {
  const found = new Map<string, CacheImport>()
  const blobs = new Map<Digest, CacheImport>()
  const fetching = new Map<Digest, Promise<void>>()
  const holder = async (digest: Digest): Promise<CacheImport | undefined> => {
    for (const one of await imports()) if (one.layers.has(digest) && (await one.has(digest))) return one
    return undefined
  }
  const fetch = (digest: Digest, o: Waiting): Promise<void> => {
    const started = fetching.get(digest) ?? fetchInto(local, digest, blobs.get(digest), o)
    fetching.set(digest, started)
    return started
  }
  return {
    ...local,
    whence: (name) => found.get(name)?.label ?? thisMachine,
    originOf: (digest) => blobs.get(digest)?.layers.get(digest)?.origin,
    packedMount: async (facts) => packedIn(await imports(), facts),
    async readRecord(name, o) {
      const own = await local.readRecord(name, o)
      if (own !== undefined || !shared(name)) return own
      for (const one of await imports()) {
        const value = one.records.get(name)
        if (value === undefined) continue
        found.set(name, one)
        await local.writeRecord(name, value, o)
        return value
      }
      return undefined
    },
    async hasBlob(digest) {
      if (blobs.has(digest) || (await local.hasBlob(digest))) return true
      const one = await holder(digest)
      if (one !== undefined) blobs.set(digest, one)
      return one !== undefined
    },
    async openBlob(digest, o) {
      if (blobs.has(digest) && !(await local.hasBlob(digest))) await fetch(digest, o)
      return local.openBlob(digest, o)
    },
  }
}

function packedIn(imports: readonly CacheImport[], facts: MountFacts): PackedLayer | undefined {
  const rows = imports.flatMap((one) => one.document.mounts.filter((row) => keyOf(row) === keyOf(facts)).map((row) => ({ row, one })))
  const [newest] = rows.toSorted((a, b) => b.row.at - a.row.at)
  const layer = newest?.one.layers.get(newest.row.descriptor.digest)
  return newest === undefined || layer === undefined ? undefined : { layer: mountLayer(newest.row, layer), from: newest.one.label }
}

async function fetchInto(local: BuildStore, digest: Digest, from: CacheImport | undefined, o: Waiting): Promise<void> {
  const layer = from?.layers.get(digest)
  try {
    if (layer === undefined) throw problem('BLOB_NOT_FOUND', { digest })
    await local.putBlob(await layer.compressed(o), o)
  } catch (error) {
    o.signal.throwIfAborted()
    throw problem('CACHE_LAYER_LOST', { digest, from: from?.label ?? '', reason: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
}

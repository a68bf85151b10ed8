/** Garbage collection of a content store: what no name needs, and nobody wrote or reused for a while, goes. */

import { isProblem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'
import { isIndexType, isManifestType } from '../oci/media-types.ts'
import { parseIndex, parseManifest } from '../oci/schema.ts'
import type { ContentStore } from './content-store.ts'
import { largestDocument } from './stored-image.ts'

export interface PruneOptions {
  /** Everything written or reused since then stays: it may be about to get a name. Some hours before now is right. */
  readonly beforeMs: number
  /** Further blobs to keep, such as those that a build cache knows. */
  readonly keep?: Iterable<Digest>
  /** Counts what would go, and takes nothing away. */
  readonly dryRun?: boolean
  /** What is being written stays, however long ago it began: uploads of a registry go on after hours. */
  readonly temporaries?: 'keep'
  readonly signal: AbortSignal
}

export interface Pruned {
  readonly blobs: number
  readonly bytes: number
}

/**
 * `named` answers what must stay, with all that it names. Safe beside any number of writers that write (or reuse) blobs first and
 * names last, and take less time for it than the grace.
 */
export async function prune(store: ContentStore, named: () => Promise<readonly Descriptor[]>, o: PruneOptions): Promise<Pruned> {
  const needed = new Set<Digest>(o.keep ?? [])
  for (const descriptor of await named()) await mark(store, descriptor, needed, o)
  let [blobs, bytes] = [0, 0]
  for await (const { digest, size, modifiedMs } of store.list()) {
    o.signal.throwIfAborted()
    if (needed.has(digest) || modifiedMs >= o.beforeMs) continue
    if (o.dryRun !== true && !(await store.removeOld(digest, o))) continue
    blobs++
    bytes += size
  }
  if (o.dryRun !== true && o.temporaries === undefined) await store.sweep(o)
  return { blobs, bytes }
}

/** All blobs that the named images need. */
export async function blobsOf(store: ContentStore, named: readonly Descriptor[], o: Pick<PruneOptions, 'signal'>): Promise<ReadonlySet<Digest>> {
  const needed = new Set<Digest>()
  for (const descriptor of named) await mark(store, descriptor, needed, o)
  return needed
}

async function mark(store: ContentStore, descriptor: Descriptor, needed: Set<Digest>, o: Pick<PruneOptions, 'signal'>): Promise<void> {
  o.signal.throwIfAborted()
  if (needed.has(descriptor.digest)) return
  needed.add(descriptor.digest)
  for (const child of await namedBy(store, descriptor)) await mark(store, child, needed, o)
}

/** An index of which only some platforms were pulled, or a manifest that is damaged, names nothing more that is here. */
async function namedBy(store: ContentStore, { mediaType, digest }: Descriptor): Promise<readonly Descriptor[]> {
  if (!isIndexType(mediaType) && !isManifestType(mediaType)) return []
  try {
    const bytes = await store.read(digest, { limit: largestDocument })
    if (isIndexType(mediaType)) return parseIndex(bytes, digest).manifests
    const { config, layers } = parseManifest(bytes, digest)
    return [config, ...layers]
  } catch (error) {
    if (isProblem(error)) return []
    throw error
  }
}

/**
 * What a registry folder keeps and nobody can reach: blobs that no manifest names, and on request manifests that no tag leads to. Safe beside requests,
 * of this process and of others, as long as a push takes less time than the grace: whoever is told that a blob is here makes it new by that, and whoever
 * has entered a manifest looks once more whether it is still there.
 */
import { prune } from '../../media/prune.ts'
import type { Descriptor } from '../../oci/descriptor.ts'
import type { Digest } from '../../oci/digest.ts'
import { isIndexType } from '../../oci/media-types.ts'
import { parseIndex } from '../../oci/schema.ts'
import type { Registry } from './context.ts'
import { largestManifest } from './manifest-handlers.ts'
import type { ManifestFacts } from './repository-files.ts'

export interface GarbageOptions {
  /** What was written, or asked for by a push, since then stays. */
  readonly beforeMs: number
  /** Manifests that neither a tag nor another manifest leads to go as well. */
  readonly untagged: boolean
  /** Counts what would go, and takes nothing away. */
  readonly dryRun: boolean
  readonly signal: AbortSignal
}

export interface Garbage {
  readonly manifests: number
  readonly blobs: number
  readonly bytes: number
}

type Folder = Pick<Registry, 'store' | 'files'>

export async function collectGarbage(folder: Folder, o: GarbageOptions): Promise<Garbage> {
  const { store, files } = folder
  const repositories = await files.repositories()
  const gone = new Map<string, ReadonlySet<Digest>>()
  let manifests = 0
  for (const repository of o.untagged ? repositories : []) {
    const unreachable = await untagged(repository, folder, o)
    if (!o.dryRun) for (const digest of unreachable) await forget(repository, digest, folder, o)
    gone.set(repository, o.dryRun ? new Set(unreachable) : new Set())
    manifests += unreachable.length
  }
  const named = async (): Promise<readonly Descriptor[]> => {
    const all = await Promise.all(repositories.map((repository) => manifestsOf(repository, gone.get(repository), folder)))
    return all.flat()
  }
  const { blobs, bytes } = await prune(store, named, { ...o, temporaries: 'keep' })
  if (!o.dryRun) for (const repository of await files.repositories()) await dropLinks(repository, folder, o)
  return { manifests, blobs, bytes }
}

async function manifestsOf(repository: string, without: ReadonlySet<Digest> | undefined, { files }: Folder): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = []
  for (const digest of await files.manifests(repository)) {
    const facts = without?.has(digest) === true ? undefined : await files.manifest(repository, digest)
    if (facts !== undefined) found.push({ mediaType: facts.mediaType, digest, size: facts.size })
  }
  return found
}

/** From the tags to what they lead to, and to what refers to any of it. */
async function untagged(repository: string, folder: Folder, o: GarbageOptions): Promise<readonly Digest[]> {
  const { store, files } = folder
  const reached = new Set<Digest>()
  const reach = async (digest: Digest): Promise<void> => {
    const facts = reached.has(digest) ? undefined : await files.manifest(repository, digest)
    if (facts === undefined) return
    o.signal.throwIfAborted()
    reached.add(digest)
    for (const next of [...(await childrenOf(digest, facts, folder)), ...(await files.referrers(repository, digest))]) await reach(next.digest)
  }
  for (const tag of (await files.tags(repository)) ?? []) {
    const digest = await files.tag(repository, tag)
    if (digest !== undefined) await reach(digest)
  }
  const found: Digest[] = []
  for (const digest of await files.manifests(repository)) if (!reached.has(digest) && !(await store.changedSince(digest, o.beforeMs))) found.push(digest)
  return found
}

async function childrenOf(digest: Digest, { mediaType }: ManifestFacts, { store }: Folder): Promise<readonly Descriptor[]> {
  if (!isIndexType(mediaType) || !(await store.has(digest))) return []
  return parseIndex(await store.read(digest, { limit: largestManifest }), digest).manifests
}

/** Away first, then a second look: whoever put it again, or gave it a tag, meanwhile finds it back. */
async function forget(repository: string, digest: Digest, { store, files }: Folder, o: GarbageOptions): Promise<void> {
  const facts = await files.manifest(repository, digest)
  if (facts === undefined) return
  await files.forgetManifest(repository, digest)
  const tags = await Promise.all(((await files.tags(repository)) ?? []).map((tag) => files.tag(repository, tag)))
  if (tags.includes(digest) || (await store.changedSince(digest, o.beforeMs))) await files.putManifest(repository, digest, facts)
  else if (facts.subject !== undefined) await files.removeReferrer(repository, facts.subject, digest)
}

/** A repository that knows a blob which is gone would say so for nothing. */
async function dropLinks(repository: string, { store, files }: Folder, { signal }: GarbageOptions): Promise<void> {
  for (const digest of await files.blobs(repository)) {
    signal.throwIfAborted()
    if (!(await store.has(digest))) await files.unlinkBlob(repository, digest)
  }
}

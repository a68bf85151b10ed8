/** Brings an image or index into one repository: blobs side by side, then manifests from the children up, the tags last. */
import { Transform } from 'node:stream'
import type { Digest } from '../oci/digest.ts'
import { join } from '../oci/join.ts'
import type { RepositoryRef } from '../oci/ref.ts'
import { describe, type Image, type Index } from '../oci/views.ts'
import { type BlobPart, layerBlob, type ManifestPart, walk } from '../oci/walk.ts'
import { hasBlob, putBlob } from './blobs.ts'
import type { RegistryClient, Repository, Waiting } from './client.ts'
import { inParallel } from './in-parallel.ts'
import { findManifest } from './manifests.ts'
import { putReferring } from './referrers.ts'

export type BlobState = 'checking' | 'present' | 'mounted' | 'uploading' | 'uploaded'

/** One blob's progress. `bytes` starts again from 0 when an upload is tried again. */
export interface PushEvent {
  readonly kind: 'blob'
  readonly registry: string
  readonly digest: Digest
  readonly state: BlobState
  readonly bytes: number
  readonly total: number
}

export interface PushOptions extends Waiting {
  readonly client: RegistryClient
  /** Blobs on their way at once. */
  readonly parallel?: number
  /** Repositories of the same registry that may hold blobs already, besides those the layers come from. */
  readonly mountFrom?: readonly string[]
  readonly onEvent?: (event: PushEvent) => void
}

export interface Pushed {
  readonly digest: Digest
  /** Of the root manifest. */
  readonly size: number
  readonly uploadedBytes: number
  readonly blobs: Readonly<Record<'present' | 'mounted' | 'uploaded', number>>
}

/** Nothing is named before everything it names is there. Without tags the image is found by digest only. */
export async function push(view: Image | Index, to: RepositoryRef & { readonly tags: readonly string[] }, o: PushOptions): Promise<Pushed> {
  const origins = originsOf(view, to, o.mountFrom ?? [])
  const repository = o.client.repository(to, ['pull', 'push'], { alsoPull: origins })
  const counts = { present: 0, mounted: 0, uploaded: 0 }
  let uploadedBytes = 0
  const limits = { limit: o.parallel ?? 4, signal: o.signal }
  const send = onceEach(async (blob, w) => {
    const state = await pushBlob(repository, blob, { ...o, ...w, mountFrom: origins })
    counts[state]++
    if (state === 'uploaded') uploadedBytes += blob.descriptor.size
  })
  if (view.kind === 'image' && view.manifestLast === true) await inParallel(await view.layers(), limits, async (layer, w) => send(await layerBlob(layer), w))
  const root = await describe(view)
  const complete = (await findManifest(repository, root.digest, o)) !== undefined
  if (!complete) {
    const { blobs, manifests } = await partsOf(view)
    await inParallel(blobs, limits, send)
    for (const part of manifests) {
      if (part.descriptor.digest !== root.digest || to.tags.length === 0)
        await putReferring(repository, part.descriptor.digest, { ...part, mediaType: part.descriptor.mediaType }, o)
    }
  }
  const bytes = await view.manifestBytes()
  for (const tag of to.tags) await putReferring(repository, tag, { bytes, mediaType: view.mediaType }, o)
  return { digest: root.digest, size: root.size, uploadedBytes, blobs: counts }
}

type Send = (blob: BlobPart | undefined, w: Waiting) => Promise<void>

/** Equal layers come several times, and layers sent before the manifest was known come again with it. */
function onceEach(send: (blob: BlobPart, w: Waiting) => Promise<void>): Send {
  const sent = new Map<Digest, Promise<void>>()
  return async (blob, w) => {
    if (blob === undefined) return
    const { digest } = blob.descriptor
    const sending = sent.get(digest) ?? send(blob, w)
    sent.set(digest, sending)
    await sending
  }
}

async function partsOf(view: Image | Index): Promise<{ blobs: BlobPart[]; manifests: ManifestPart[] }> {
  const blobs: BlobPart[] = []
  const manifests: ManifestPart[] = []
  for await (const part of walk(view)) {
    if (part.kind === 'blob') blobs.push(part)
    else manifests.push(part)
  }
  return { blobs, manifests }
}

/** Where this registry already has the blobs; the target itself is no place to mount from. */
function originsOf(view: Image | Index, to: RepositoryRef, given: readonly string[]): readonly string[] {
  const own = view.origin?.registry === to.registry ? [view.origin.repository] : []
  return [...new Set([...own, ...given])].filter((repository) => repository !== to.repository)
}

async function pushBlob(
  repository: Repository,
  blob: BlobPart,
  o: PushOptions & { readonly mountFrom: readonly string[] },
): Promise<'present' | 'mounted' | 'uploaded'> {
  const { digest, size } = blob.descriptor
  const tell = (state: BlobState, bytes: number) => o.onEvent?.({ kind: 'blob', registry: repository.registry, digest, state, bytes, total: size })
  tell('checking', 0)
  if (await hasBlob(repository, digest, o)) {
    tell('present', size)
    return 'present'
  }
  const body = { size, open: async (w: Waiting) => join(await blob.open(w), [counter((bytes) => tell('uploading', bytes))], w) }
  const from = blob.origin?.registry === repository.registry && blob.origin.repository !== repository.repository ? blob.origin.repository : o.mountFrom[0]
  const state = await putBlob(repository, blob.descriptor, body, { signal: o.signal, ...(from !== undefined && { mountFrom: from }) })
  tell(state, size)
  return state
}

function counter(tell: (bytes: number) => void): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      tell(bytes)
      done(null, chunk)
    },
  })
}

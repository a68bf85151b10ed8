/** Brings an image or index into one repository: blobs side by side, then manifests from the children up, the tags last. */
import type { Digest } from '../oci/digest.ts'
import type { RepositoryRef } from '../oci/ref.ts'
import { describe, type Image, type Index } from '../oci/views.ts'
import { type BlobPart, layerBlob, type ManifestPart, walk } from '../oci/walk.ts'
import type { RegistryClient, Waiting } from './client.ts'
import { httpFailure } from './failure.ts'
import type { SentAhead } from './head-start.ts'
import { inParallel } from './in-parallel.ts'
import { findManifest } from './manifests.ts'
import { type PushEvent, pushBlob, type SentState } from './push-blob.ts'
import { putReferring } from './referrers.ts'
import { isEmpty, streamBlob } from './stream-blob.ts'

export type { PushEvent } from './push-blob.ts'

export interface PushOptions extends Waiting {
  readonly client: RegistryClient
  /** Blobs on their way at once. */
  readonly parallel?: number
  /** Repositories of the same registry that may hold blobs already, besides those the layers come from. */
  readonly mountFrom?: readonly string[]
  readonly onEvent?: (event: PushEvent) => void
  /** Nobody else gets this image: what has to be made for it can be sent while it is made. */
  readonly alone?: boolean
  /** What is on its way already. */
  readonly ahead?: SentAhead
}

export interface Pushed {
  readonly digest: Digest
  /** Of the root manifest. */
  readonly size: number
  readonly uploadedBytes: number
  readonly blobs: Readonly<Record<SentState, number>>
}

/** Nothing is named before everything it names is there. Without tags the image is found by digest only. */
export async function push(view: Image | Index, to: RepositoryRef & { readonly tags: readonly string[] }, o: PushOptions): Promise<Pushed> {
  const origins = originsOf(view, to, o.mountFrom ?? [])
  const repository = o.client.repository(to, ['pull', 'push'], { alsoPull: origins })
  const sent = new Map<Digest, Sent>()
  const limits = { limit: o.parallel ?? 4, signal: o.signal }
  const sender = (ahead?: SentAhead) =>
    onceEach(async (blob, w) => {
      const { digest, size } = blob.descriptor
      const state = (await ahead?.(to, digest)) ?? (await pushBlob(repository, blob, { ...o, ...w, mountFrom: origins }))
      if (!sent.has(digest)) sent.set(digest, { state, bytes: size })
    })
  const streamed = new Set<Digest>()
  const send = sender(async (place, digest) => (streamed.has(digest) ? 'uploaded' : o.ahead?.(place, digest)))
  if (view.kind === 'image' && view.manifestLast === true) {
    const streams = o.alone === true && origins.length === 0 && (await isEmpty(repository, o))
    await inParallel(await view.layers(), limits, async (layer, w) => {
      const made = streams ? await streamBlob(repository, layer, { ...o, ...w }) : undefined
      if (made !== undefined) streamed.add(made.digest)
      await send(await layerBlob(layer), w)
    })
  }
  const root = await describe(view)
  const bytes = await view.manifestBytes()
  const everything = async (sendOne: Send) => {
    const { blobs, manifests } = await partsOf(view)
    await inParallel(blobs, limits, sendOne)
    for (const part of manifests) {
      if (part.descriptor.digest !== root.digest || to.tags.length === 0)
        await putReferring(repository, part.descriptor.digest, { ...part, mediaType: part.descriptor.mediaType }, o)
    }
  }
  await inRounds(o, async (round) => {
    const complete = round === 1 && (await findManifest(repository, root.digest, o)) !== undefined
    if (!complete) await everything(round === 1 ? send : sender())
    for (const tag of to.tags) await putReferring(repository, tag, { bytes, mediaType: view.mediaType }, o)
  })
  return { digest: root.digest, size: root.size, ...sums(sent) }
}

interface Sent {
  readonly state: SentState
  readonly bytes: number
}

function sums(sent: ReadonlyMap<Digest, Sent>): Pick<Pushed, 'uploadedBytes' | 'blobs'> {
  const blobs = { present: 0, mounted: 0, uploaded: 0 }
  let uploadedBytes = 0
  for (const { state, bytes } of sent.values()) {
    blobs[state]++
    if (state === 'uploaded') uploadedBytes += bytes
  }
  return { uploadedBytes, blobs }
}

/**
 * Some registries know a blob a moment later than they say, and one may be collected as garbage under way:
 * a manifest refused for the lack of a blob is pushed again with all that it names.
 */
async function inRounds(o: PushOptions, push: (round: number) => Promise<void>): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      return await push(round)
    } catch (error) {
      const lacking = httpFailure(error)?.faults.some((fault) => fault.code === 'MANIFEST_BLOB_UNKNOWN') === true
      if (!lacking || round === 3) throw error
      await o.client.clock.sleep(round * 500, o)
    }
  }
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

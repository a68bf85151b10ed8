/** Finds the image of a step by its pull policy: in the image store, among what was pulled before, or in its registry. */
import { createHash } from 'node:crypto'
import { isProblem, Problem, problem } from '../../../../base/problem.ts'
import type { BuildStore } from '../../../../builder/store/build-store.ts'
import { type Platform, showPlatform } from '../../../../oci/platform.ts'
import { type ImageRef, parseSourceRef, showRef, withDefaultTag } from '../../../../oci/ref.ts'
import { viewOfManifest } from '../../../../oci/view-from-blobs.ts'
import type { Image, Index, Waiting } from '../../../../oci/views.ts'
import type { StepImage } from '../../../../ports/infrastructure.ts'
import type { RegistryUse } from '../../../../ports/registry-use.ts'
import { openBlob } from '../../../../registry/blobs.ts'
import type { RegistryClient } from '../../../../registry/client.ts'
import { imageFor, pullImage } from '../../../../registry/pull.ts'

export interface ImagePlaces {
  /** Remembers what was pulled. */
  readonly store: BuildStore
  readonly client: (use: RegistryUse) => RegistryClient
  readonly platform: Platform
  /** Of this machine's image store. Throws IMAGE_NOT_STORED. */
  readonly stored: (name: string, o: Waiting) => Promise<Image | Index>
}

interface Wanted extends ImagePlaces {
  readonly signal: AbortSignal
}

export async function openStepImage(image: StepImage, o: Wanted): Promise<Image> {
  const parsed = parseSourceRef(image.reference)
  const [wrong] = parsed.diagnostics
  if (!parsed.ok) throw wrong === undefined ? new Error(`${image.reference} is no image reference`) : new Problem(wrong)
  const ref = withDefaultTag(parsed.value)
  if (image.pull !== 'always') {
    const here = (await fromStore(image, o)) ?? (await remembered(ref, image, o))
    if (here !== undefined) return here
    if (image.pull === 'never') throw problem('STEP_IMAGE_NOT_HERE', { image: image.reference })
  }
  const pulled = await pullImage(ref, { client: o.client(image.registry), platform: o.platform, signal: o.signal })
  await remember(ref, pulled, o)
  return pulled
}

async function fromStore({ reference }: StepImage, o: Wanted): Promise<Image | undefined> {
  try {
    return await imageFor(await o.stored(reference, o), o.platform, reference)
  } catch (error) {
    if (isProblem(error, 'IMAGE_NOT_STORED')) return undefined
    throw error
  }
}

interface Kept {
  readonly mediaType: string
  readonly manifest: string
  readonly config: string
}

function recordName(ref: ImageRef, { platform }: Wanted): string {
  return `step-image-${createHash('sha256')
    .update(`${showRef(ref)} ${showPlatform(platform)}`)
    .digest('hex')}`
}

async function remember(ref: ImageRef, image: Image, o: Wanted): Promise<void> {
  const [manifest, config] = [await image.manifestBytes(), await image.configBytes()]
  const kept: Kept = { mediaType: image.mediaType, manifest: manifest.toString('base64'), config: config.toString('base64') }
  await o.store.writeRecord(recordName(ref, o), JSON.stringify(kept), o)
}

/** Layers that were removed since are fetched again where that is allowed. */
async function remembered(ref: ImageRef, image: StepImage, o: Wanted): Promise<Image | undefined> {
  const text = await o.store.readRecord(recordName(ref, o), o)
  if (text === undefined) return undefined
  const { mediaType, manifest, config } = JSON.parse(text) as Kept
  const view = viewOfManifest(
    {
      name: showRef(ref),
      readManifest: async () => Promise.reject(new Error('only indexes have manifests')),
      readConfig: async () => Buffer.from(config, 'base64'),
      async open(descriptor, w) {
        if (image.pull === 'never') throw problem('STEP_IMAGE_NOT_HERE', { image: image.reference })
        return openBlob(o.client(image.registry).repository(ref, ['pull']), descriptor, { signal: AbortSignal.any([o.signal, w.signal]) })
      },
    },
    Buffer.from(manifest, 'base64'),
    { mediaType },
  )
  return view.kind === 'image' ? view : undefined
}

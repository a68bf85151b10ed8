/** Images in a registry as lazy views: the manifest is read now, everything else when it is asked for, all of it verified. */
import { problem } from '../base/problem.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { shortDigest } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { choosePlatform, type Platform, showPlatform } from '../oci/platform.ts'
import { type ImageRef, manifestName, showRef } from '../oci/ref.ts'
import { type BlobPlace, viewOfManifest } from '../oci/view-from-blobs.ts'
import type { Image, Index } from '../oci/views.ts'
import { openBlob } from './blobs.ts'
import type { RegistryClient, Repository, Waiting } from './client.ts'
import { getManifest } from './manifests.ts'

export interface PullOptions extends Waiting {
  readonly client: RegistryClient
}

const largestConfig = 16 * 1024 * 1024

/** The view lives under `signal`: its later reads end when it aborts. Throws REGISTRY_NOT_FOUND. */
export async function pull(ref: ImageRef, o: PullOptions): Promise<Image | Index> {
  const repository = o.client.repository(ref, ['pull'])
  const { bytes, mediaType } = await getManifest(repository, manifestName(ref), o)
  return viewOfManifest(placeOf(repository, showRef(ref), o), bytes, { mediaType })
}

/** The one image for a platform. An image that is not part of an index is taken as it is. */
export async function pullImage(ref: ImageRef, o: PullOptions & { readonly platform: Platform }): Promise<Image> {
  return imageFor(await pull(ref, o), o.platform, showRef(ref))
}

/** Throws PLATFORM_NOT_FOUND with the platforms that exist. */
export async function imageFor(view: Image | Index, platform: Platform, what: string): Promise<Image> {
  if (view.kind === 'image') return view
  const children = await view.children()
  const chosen = choosePlatform(
    platform,
    children.map(({ descriptor, open }) => ({ open, ...(descriptor.platform !== undefined && { platform: descriptor.platform }) })),
  )
  if (chosen === undefined) {
    const available = children.flatMap(({ descriptor }) =>
      descriptor.platform === undefined || descriptor.platform.os === 'unknown' ? [] : [showPlatform(descriptor.platform)],
    )
    throw problem('PLATFORM_NOT_FOUND', { what, platform: showPlatform(platform), available: available.join(', ') || 'no platforms' })
  }
  return imageFor(await chosen.open(), platform, what)
}

function placeOf(repository: Repository, name: string, o: Waiting): BlobPlace {
  return {
    name,
    origin: { registry: repository.registry, repository: repository.repository },
    readManifest: async (descriptor) => (await getManifest(repository, descriptor.digest, o)).bytes,
    readConfig: (descriptor) => readConfig(repository, descriptor, o),
    open: (descriptor, w) => openBlob(repository, descriptor, { signal: AbortSignal.any([o.signal, w.signal]) }),
  }
}

async function readConfig(repository: Repository, descriptor: Descriptor, o: Waiting): Promise<Buffer> {
  const bytes = await collect(await openBlob(repository, descriptor, o), largestConfig)
  if (bytes === undefined)
    throw problem('CONFIG_INVALID', { what: `${repository.repository}@${shortDigest(descriptor.digest)}`, reason: `it is larger than ${largestConfig} bytes` })
  return bytes
}

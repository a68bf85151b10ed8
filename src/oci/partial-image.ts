/** Whole images and indexes from small cores: exact manifest bytes, and a way to open what they name. */
import { problem } from '../base/problem.ts'
import { verifyBytes } from './byte-meter.ts'
import type { Descriptor } from './descriptor.ts'
import { type Digest, digestOf, shortDigest } from './digest.ts'
import type { Manifest } from './manifest.ts'
import { once } from './once.ts'
import type { RepositoryRef } from './ref.ts'
import { parseConfig, parseIndex, parseManifest } from './schema.ts'
import type { Image, Index, Layer } from './views.ts'

export interface ImageCore {
  /** For messages: the reference or file the image came from. */
  readonly name: string
  readonly mediaType: string
  readonly manifestBytes: Buffer
  /** The configuration blob, unverified. */
  readConfig(descriptor: Descriptor): Promise<Buffer>
  layer(descriptor: Descriptor, diffId: () => Promise<Digest>, position: number): Layer
  readonly origin?: RepositoryRef
}

export function imageFromManifest(core: ImageCore): Image {
  const manifest = parseManifest(core.manifestBytes, core.name)
  const configBytes = once(async () => {
    const bytes = await core.readConfig(manifest.config)
    verifyBytes(bytes, manifest.config, `configuration ${shortDigest(manifest.config.digest)} of ${core.name}`)
    return bytes
  })
  const config = once(async () => parseConfig(await configBytes(), core.name))
  const diffIdAt = (position: number) => async () => {
    const found = (await config()).rootfs.diff_ids[position]
    if (found === undefined) throw problem('IMAGE_INCONSISTENT', { what: core.name, reason: `layer ${position + 1} has no diffID in the configuration` })
    return found
  }
  const layers = manifest.layers.map((descriptor, position) => core.layer(descriptor, diffIdAt(position), position))
  const digest = digestOf(core.manifestBytes)
  return {
    kind: 'image',
    mediaType: core.mediaType,
    manifestBytes: async () => core.manifestBytes,
    manifest: async (): Promise<Manifest> => manifest,
    configBytes,
    config,
    layers: async () => layers,
    digest: async () => digest,
    ...(core.origin !== undefined && { origin: core.origin }),
  }
}

export interface IndexCore {
  readonly name: string
  readonly mediaType: string
  readonly manifestBytes: Buffer
  open(descriptor: Descriptor): Promise<Image | Index>
  readonly origin?: RepositoryRef
}

export function indexFromManifest(core: IndexCore): Index {
  const manifest = parseIndex(core.manifestBytes, core.name)
  const digest = digestOf(core.manifestBytes)
  const children = manifest.manifests.map((descriptor) => ({ descriptor, open: once(() => core.open(descriptor)) }))
  return {
    kind: 'index',
    mediaType: core.mediaType,
    manifestBytes: async () => core.manifestBytes,
    manifest: async () => manifest,
    digest: async () => digest,
    children: async () => children,
    ...(core.origin !== undefined && { origin: core.origin }),
  }
}

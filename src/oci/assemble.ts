/** Makes images and indexes from their parts: the manifest is written here. */
import type { Annotations, Descriptor } from './descriptor.ts'
import { digestOf } from './digest.ts'
import type { ImageConfig, IndexManifest, Manifest } from './manifest.ts'
import { configTypes, type ImageFormat, indexTypes, layerTypeIn, manifestTypes } from './media-types.ts'
import { imageFromManifest, indexFromManifest } from './partial-image.ts'
import type { Platform } from './platform.ts'
import { describe, type Image, type Index, type Layer } from './views.ts'

export interface ImageParts {
  readonly format: ImageFormat
  readonly config: ImageConfig
  /** The configuration's exact bytes, where they exist already. */
  readonly configBytes?: Buffer
  /** Lowest first; their diffIDs must be the configuration's. */
  readonly layers: readonly Layer[]
  readonly annotations?: Annotations
  readonly artifactType?: string
  readonly subject?: Descriptor
}

/** Equal parts give equal bytes. Waits for the layers' descriptors, so a layer that is still plain is compressed now. */
export async function assembleImage(parts: ImageParts): Promise<Image> {
  const configBytes = parts.configBytes ?? Buffer.from(JSON.stringify(parts.config))
  const descriptors = await Promise.all(parts.layers.map((layer) => layer.descriptor()))
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: manifestTypes[parts.format],
    ...(parts.artifactType !== undefined && { artifactType: parts.artifactType }),
    config: { mediaType: configTypes[parts.format], size: configBytes.length, digest: digestOf(configBytes) },
    layers: descriptors.map((d) => ({ ...d, mediaType: layerTypeIn(parts.format, d.mediaType) })),
    ...(parts.subject !== undefined && { subject: parts.subject }),
    ...(parts.annotations !== undefined && Object.keys(parts.annotations).length > 0 && { annotations: parts.annotations }),
  }
  return imageFromManifest({
    name: 'the new image',
    mediaType: manifestTypes[parts.format],
    manifestBytes: Buffer.from(JSON.stringify(manifest)),
    readConfig: async () => configBytes,
    layer: (descriptor, _diffId, position) => relabelled(parts.layers[position] as Layer, descriptor),
  })
}

function relabelled(layer: Layer, descriptor: Descriptor): Layer {
  return { ...layer, descriptor: async () => descriptor }
}

export interface IndexParts {
  readonly format: ImageFormat
  readonly children: readonly { readonly view: Image | Index; readonly platform?: Platform; readonly annotations?: Annotations }[]
  readonly annotations?: Annotations
  readonly subject?: Descriptor
}

export async function assembleIndex(parts: IndexParts): Promise<Index> {
  const manifests = await Promise.all(
    parts.children.map(async ({ view, platform, annotations }) => ({
      ...(await describe(view)),
      ...(annotations !== undefined && { annotations }),
      ...(platform !== undefined && { platform }),
    })),
  )
  const manifest: IndexManifest = {
    schemaVersion: 2,
    mediaType: indexTypes[parts.format],
    manifests,
    ...(parts.subject !== undefined && { subject: parts.subject }),
    ...(parts.annotations !== undefined && { annotations: parts.annotations }),
  }
  const byDigest = new Map(manifests.map((descriptor, i) => [descriptor.digest, parts.children[i]?.view]))
  return indexFromManifest({
    name: 'the new index',
    mediaType: indexTypes[parts.format],
    manifestBytes: Buffer.from(JSON.stringify(manifest)),
    open: async (descriptor) => byDigest.get(descriptor.digest) as Image | Index,
  })
}

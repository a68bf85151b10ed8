/** New views from old ones: append layers, edit the configuration, annotate, change the dialect. Nothing is changed in place. */
import { assembleImage, type ImageParts } from './assemble.ts'
import type { Annotations } from './descriptor.ts'
import type { History, ImageConfig, RunConfig } from './manifest.ts'
import { formatOf, type ImageFormat } from './media-types.ts'
import type { Image, Layer } from './views.ts'

export interface Addition {
  readonly layer: Layer
  readonly history?: History
}

/** The image with layers on top; diffIDs and history follow. */
export async function appendLayers(image: Image, additions: readonly Addition[]): Promise<Image> {
  const parts = await partsOf(image)
  const diffIds = await Promise.all(additions.map(({ layer }) => layer.diffId()))
  const history = [...(parts.config.history ?? []), ...additions.map(({ history: line }) => ({ ...line, empty_layer: undefined }))].map(withoutUndefined)
  const rootfs = { ...parts.config.rootfs, diff_ids: [...parts.config.rootfs.diff_ids, ...diffIds] }
  return assembleImage({ ...parts, config: { ...parts.config, rootfs, history }, layers: [...parts.layers, ...additions.map(({ layer }) => layer)] })
}

/** The image with another configuration; `rootfs` stays what the layers say. */
export async function editConfig(image: Image, change: (config: ImageConfig) => ImageConfig): Promise<Image> {
  const parts = await partsOf(image)
  return assembleImage({ ...parts, config: { ...change(parts.config), rootfs: parts.config.rootfs } })
}

/** The common case of `editConfig`: how containers start. */
export function editRunConfig(image: Image, change: (run: RunConfig) => RunConfig): Promise<Image> {
  return editConfig(image, (config) => ({ ...config, config: change(config.config ?? {}) }))
}

export async function annotate(image: Image, annotations: Annotations): Promise<Image> {
  const parts = await partsOf(image)
  return assembleImage({ ...parts, annotations: { ...parts.annotations, ...annotations } })
}

export async function withFormat(image: Image, format: ImageFormat): Promise<Image> {
  return formatOf(image.mediaType) === format ? image : assembleImage({ ...(await partsOf(image)), format })
}

/** The image with other layers in the place of its own, one for one; history and all the rest stay unless `change` says otherwise. */
export async function replaceLayers(image: Image, layers: readonly Layer[], change: (config: ImageConfig) => ImageConfig): Promise<Image> {
  const parts = await partsOf(image)
  const diffIds = await Promise.all(layers.map((layer) => layer.diffId()))
  return assembleImage({ ...parts, layers, config: { ...change(parts.config), rootfs: { ...parts.config.rootfs, diff_ids: diffIds } } })
}

async function partsOf(image: Image): Promise<ImageParts> {
  const manifest = await image.manifest()
  return {
    format: formatOf(image.mediaType),
    config: await image.config(),
    layers: await image.layers(),
    ...(manifest.annotations !== undefined && { annotations: manifest.annotations }),
    ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
    ...(manifest.subject !== undefined && { subject: manifest.subject }),
  }
}

function withoutUndefined(line: { readonly [key in keyof History]: History[key] | undefined }): History {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined))
}

/** A built image on its way between processes: documents whole, layers by name. Layers lie in the store, or still where the base came from. */
import type { Readable } from 'node:stream'
import type { Descriptor } from '../../../oci/descriptor.ts'
import type { Digest } from '../../../oci/digest.ts'
import { imageFromManifest, indexFromManifest } from '../../../oci/partial-image.ts'
import { layerFromBlob } from '../../../oci/partial-layer.ts'
import type { RepositoryRef } from '../../../oci/ref.ts'
import type { Image, Index, Layer, Waiting } from '../../../oci/views.ts'

interface LayerParcel {
  readonly diffId: Digest
  readonly origin: RepositoryRef | undefined
}

export type ImageParcel =
  | { readonly kind: 'image'; readonly mediaType: string; readonly manifest: Uint8Array; readonly config: Uint8Array; readonly layers: readonly LayerParcel[] }
  | { readonly kind: 'index'; readonly mediaType: string; readonly manifest: Uint8Array; readonly children: readonly (readonly [string, ImageParcel])[] }

export async function packImage(view: Image | Index): Promise<ImageParcel> {
  const common = { mediaType: view.mediaType, manifest: await view.manifestBytes() }
  if (view.kind === 'image')
    return { kind: 'image', ...common, config: await view.configBytes(), layers: await Promise.all((await view.layers()).map(packLayer)) }
  const children: (readonly [string, ImageParcel])[] = []
  for (const { descriptor, open } of await view.children()) children.push([descriptor.digest, await packImage(await open())])
  return { kind: 'index', ...common, children }
}

async function packLayer(layer: Layer): Promise<LayerParcel> {
  return { diffId: await layer.diffId(), origin: layer.origin }
}

/** Opens a blob: `origin` is where it can be had when the store does not have it. */
export type OpenBlob = (descriptor: Descriptor, origin: RepositoryRef | undefined, o: Waiting) => Promise<Readable>

const name = 'the build'

export function unpackImage(parcel: ImageParcel, open: OpenBlob): Image | Index {
  const common = { name, mediaType: parcel.mediaType, manifestBytes: Buffer.from(parcel.manifest) }
  if (parcel.kind === 'index') {
    const children = new Map(parcel.children)
    return indexFromManifest({
      ...common,
      async open({ digest }) {
        const child = children.get(digest)
        if (child === undefined) throw new Error(`the index of the build names ${digest}, which did not come with it`)
        return unpackImage(child, open)
      },
    })
  }
  return imageFromManifest({
    ...common,
    readConfig: async () => Buffer.from(parcel.config),
    layer(descriptor, diffId, position) {
      const { origin } = parcel.layers[position] ?? {}
      return layerFromBlob({ descriptor, diffId, open: (o) => open(descriptor, origin, o), place: name, ...(origin !== undefined && { origin }) })
    },
  })
}

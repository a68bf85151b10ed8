/** Digest and sizes of an image or of all images of an index. */
import type { Image, Index } from '../oci/views.ts'

export interface ImageFacts {
  readonly digest: string
  /** Compressed layers, configuration and manifest. */
  readonly bytes: number
  readonly layers: number
}

export async function imageFacts(view: Image | Index): Promise<ImageFacts> {
  const digest = await view.digest()
  const own = (await view.manifestBytes()).length
  if (view.kind === 'image') {
    const { layers, config } = await view.manifest()
    return { digest, bytes: own + config.size + layers.reduce((sum, layer) => sum + layer.size, 0), layers: layers.length }
  }
  const children = await Promise.all((await view.children()).map(async (child) => imageFacts(await child.open())))
  return { digest, bytes: children.reduce((sum, child) => sum + child.bytes, own), layers: children.reduce((sum, child) => sum + child.layers, 0) }
}

/** What an image weighs: compressed layers and configuration, of all images when it is an index. */
import type { Image, Index } from '../../oci/views.ts'

export async function imageBytes(view: Image | Index): Promise<number> {
  if (view.kind === 'image') {
    const { layers, config } = await view.manifest()
    return config.size + layers.reduce((sum, layer) => sum + layer.size, 0)
  }
  const children = await Promise.all((await view.children()).map(async (child) => imageBytes(await child.open())))
  return children.reduce((sum, bytes) => sum + bytes, 0)
}

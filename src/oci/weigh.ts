/** What an image weighs: its compressed layers and configuration, of all its images when it is an index. */
import type { Image, Index } from './views.ts'

export interface Weight {
  readonly bytes: number
  readonly layers: number
}

export async function weigh(view: Image | Index): Promise<Weight> {
  if (view.kind === 'image') {
    const { layers, config } = await view.manifest()
    return { bytes: layers.reduce((sum, layer) => sum + layer.size, config.size), layers: layers.length }
  }
  const parts = await Promise.all((await view.children()).map(async (child) => weigh(await child.open())))
  return { bytes: parts.reduce((sum, part) => sum + part.bytes, 0), layers: parts.reduce((sum, part) => sum + part.layers, 0) }
}

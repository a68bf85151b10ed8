/** What an image weighs: its compressed layers and configuration; an index weighs all its images, each once. */
import type { Digest } from './digest.ts'
import type { Image, Index } from './views.ts'

export interface Weight {
  readonly bytes: number
  readonly layers: number
}

/** What several indexes name is looked at once: they may name it a million times. */
export async function weigh(view: Image | Index, seen: Set<Digest> = new Set()): Promise<Weight> {
  seen.add(await view.digest())
  if (view.kind === 'image') {
    const { layers, config } = await view.manifest()
    return { bytes: layers.reduce((sum, layer) => sum + layer.size, config.size), layers: layers.length }
  }
  let total: Weight = { bytes: 0, layers: 0 }
  for (const child of await view.children()) {
    if (seen.has(child.descriptor.digest)) continue
    const { bytes, layers } = await weigh(await child.open(), seen)
    total = { bytes: total.bytes + bytes, layers: total.layers + layers }
  }
  return total
}

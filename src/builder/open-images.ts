/** Opens base images and the images of `COPY --from`, each once; failures point at the instruction that names the image. */

import { diagnose } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import type { Span } from '../base/span.ts'
import { hexOf } from '../oci/digest.ts'
import { once } from '../oci/once.ts'
import { type Platform, samePlatform, showPlatform } from '../oci/platform.ts'
import type { Image } from '../oci/views.ts'
import type { BuildOptions, BuildWorld } from './build-world.ts'
import { baseLayer } from './pending-layer.ts'
import { imageTree } from './rootfs/image-tree.ts'
import { isIndexed } from './rootfs/layer-index.ts'
import { stackTree } from './rootfs/stack-tree.ts'
import type { RunWorld } from './run-world.ts'
import { type Begin, during } from './tell.ts'
import { toldReading } from './told-reading.ts'
import type { Tree, Waiting } from './tree/node.ts'

export interface Reading extends Waiting {
  /** Gets the scratch folders, for the caller to remove. */
  readonly folders: string[]
  readonly begin: Begin
  /** Base images of this machine go before those of registries. */
  readonly local: boolean
  /** What a RUN of this build works with, when there is one. */
  runs(): Promise<RunWorld | undefined>
}

export function openImages(platform: Platform, o: BuildOptions, reading: Reading): Pick<BuildWorld, 'openBase' | 'imageTree' | 'treeOf' | 'scratch'> {
  const images = new Map<string, Promise<Image>>()
  const trees = new Map<Image, Tree>()
  const scratch = async (): Promise<string> => {
    const folder = await o.store.scratch()
    reading.folders.push(folder)
    return folder
  }
  const treeOf = (image: Image): Tree => {
    const tree = trees.get(image) ?? imageTree(image, { signal: reading.signal, store: o.store, scratch, mounted: () => mountedTree(image, o, reading) })
    trees.set(image, tree)
    return tree
  }
  const openBase = (name: string, wanted: Platform, at: Span): Promise<Image> => {
    const key = `${name} ${showPlatform(wanted)}`
    const opened = images.get(key) ?? open(name, wanted, at, o, reading)
    images.set(key, opened)
    return opened
  }
  return { openBase, treeOf, scratch, imageTree: async (name, at) => treeOf(await openBase(name, platform, at)) }
}

/** Where a RUN wants the layers anyway, a layer that must be fetched to look into it is fetched for good. */
async function mountedTree(image: Image, { store }: BuildOptions, { runs, signal }: Reading): Promise<Tree | undefined> {
  const world = await runs()
  if (world === undefined) return undefined
  const layers = await image.layers()
  const known = await Promise.all(layers.map((layer) => isIndexed(layer, { store, signal })))
  const here = await Promise.all(layers.map(async (layer) => world.images?.find(hexOf(await layer.diffId()))))
  const mount = here.every((one) => one !== undefined) || !known.every((one) => one)
  return mount ? stackTree(once(() => world.stackOf(layers.map((layer) => baseLayer(layer, { store, signal }))))) : undefined
}

async function open(name: string, platform: Platform, at: Span, o: BuildOptions, { begin, local }: Pick<Reading, 'begin' | 'local'>): Promise<Image> {
  try {
    const image = await during(begin(`[internal] load metadata for ${name}`), () => o.baseImage(name, platform, { signal: o.signal, local }))
    const config = await image.config()
    if (!samePlatform(config, platform)) {
      const note = diagnose('BUILD_BASE_PLATFORM', { image: name, actual: showPlatform(config), wanted: showPlatform(platform) }, { at })
      o.emit?.({ kind: 'note', note })
    }
    return toldReading(image, name, begin)
  } catch (error) {
    if (!(error instanceof Problem) || error.diagnostic.at !== undefined) throw error
    throw new Problem({ ...error.diagnostic, at }, { cause: error, retryable: error.retryable, others: error.others })
  }
}

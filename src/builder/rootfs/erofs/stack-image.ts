/** Puts a layer's image on those below it. What an image cannot say by itself is said by a second, small one above it, or the layer is unpacked. */
import { createReadStream } from 'node:fs'
import { headerSize } from '../../../erofs/format.ts'
import { writeTar } from '../../../tar/write-tar.ts'
import { type DirNode, parentOf } from '../../tree/node.ts'
import { type LayerStack, lookUp, type StackLayer } from '../stack-lookup.ts'
import type { ImageLayer } from './image-layer.ts'
import type { LayerImages, TarSource } from './images.ts'

export interface Stacking {
  /** Names the stack with this layer on it. */
  readonly chain: string
  readonly images: LayerImages
  unpack(tar: TarSource): Promise<StackLayer>
}

export async function stackImage(layer: ImageLayer, below: LayerStack, o: Stacking): Promise<LayerStack> {
  const { implied, foreignLinks, opaqueRoot } = layer.view.notes
  if (opaqueRoot) return [layer]
  if (below.length === 0) return [layer]
  // What the layer calls a folder is a link below: its entries go where that leads. Linked files of lower layers come up with their contents.
  const astray = implied.some((path) => lookUp(below, path)?.kind === 'symlink')
  if (astray || foreignLinks.length > 0) return [await o.unpack(tarIn(layer)), ...below]
  const known = implied.filter((path) => lookUp(below, path)?.kind === 'dir')
  return known.length === 0 ? [layer, ...below] : [await o.images.ready(foldersOnly(known, layer, below, o.chain)), layer, ...below]
}

/** The owners and modes of folders that the layer goes through without describing them. In an overlay the topmost speaks for a folder. */
function foldersOnly(paths: readonly string[], layer: ImageLayer, below: LayerStack, chain: string): TarSource {
  const all = new Set(paths.flatMap((path) => [...foldersAbove(path), path]))
  const unsaid = new Set(layer.view.notes.implied)
  const entries = [...all].map((path) => {
    const found = unsaid.has(path) ? lookUp(below, path) : lookUp([layer], path)
    const { mode, uid, gid, mtimeNs, xattrs } = found?.kind === 'dir' ? found : plain
    return { entry: { kind: 'dir', path, mode, uid, gid, mtimeNs, ...(xattrs !== undefined && { xattrs }) } as const }
  })
  return { name: async () => `folders-${chain}`, check: () => undefined, open: async (w) => writeTar(entries, w) }
}

const plain: DirNode = { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }

function foldersAbove(path: string): readonly string[] {
  const above = parentOf(path)
  return above === '' ? [] : [...foldersAbove(above), above]
}

/** Checked when it was written; it need not be fetched again. */
function tarIn({ file, tarSize }: ImageLayer): TarSource {
  const open: TarSource['open'] = async ({ signal }) => createReadStream(file, { start: headerSize, end: headerSize + tarSize - 1, signal })
  return { name: async () => file, check: () => undefined, open }
}

/** The file tree of an image, read from its layers' tars. Nothing is fetched before the first question. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { once } from '../../oci/once.ts'
import type { Image, Layer } from '../../oci/views.ts'
import type { BuildStore } from '../store/build-store.ts'
import { rootFolder } from '../tree/empty-tree.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'
import { entryNode, entryPath, hiddenName } from './entry-node.ts'
import { layerIndex } from './layer-index.ts'
import { tarContent } from './tar-content.ts'

/** `signal` bounds all the reading. */
export interface ImageReading extends Waiting {
  /** Remembers what layers hold, so that each is read once and not once per build. */
  readonly store: BuildStore
  /** A folder for a layer whose files are asked for. */
  readonly scratch: () => Promise<string>
  /** The same tree from layers that are mounted for a RUN anyway. */
  readonly mounted?: () => Promise<Tree | undefined>
}

export function imageTree(image: Image, o: ImageReading): Tree {
  const tree = once(async () => (await o.mounted?.()) ?? readTree(image, o))
  return { find: async (path, w) => (path === '' ? rootFolder : (await tree()).find(path, w)), list: async (path, w) => (await tree()).list(path, w) }
}

function readTree(image: Image, o: ImageReading): Tree {
  const loaded = once(async () => {
    const nodes = new Map<string, TreeNode>()
    for (const layer of await image.layers()) await addLayer(nodes, layer, o)
    return { nodes, names: namesOf(nodes.keys()) }
  })
  return {
    find: async (path) => (path === '' ? rootFolder : (await loaded()).nodes.get(path)),
    list: async (path) => {
      const { nodes, names } = await loaded()
      const children = [...(names.get(path) ?? [])].sort(comparePaths)
      return new Map(children.flatMap((name) => pair(name, nodes.get(joinPath(path, name)))))
    },
  }
}

function pair(name: string, node: TreeNode | undefined): (readonly [string, TreeNode])[] {
  return node === undefined ? [] : [[name, node]]
}

function namesOf(paths: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const path of paths) names.set(parentOf(path), (names.get(parentOf(path)) ?? new Set()).add(nameOf(path)))
  return names
}

async function addLayer(nodes: Map<string, TreeNode>, layer: Layer, o: ImageReading): Promise<void> {
  const spooled = once(() => spool(layer, o))
  const own = new Set<string>()
  const diffId = await layer.diffId()
  for (const read of await layerIndex(layer, o)) {
    const path = entryPath(read.entry.path)
    if (path === undefined) continue
    if (nameOf(path).startsWith('.wh.')) {
      whiteOut(nodes, own, path)
      continue
    }
    const place = { content: tarContent(spooled, read), fingerprint: `${diffId}:${read.offset}`, find: (earlier: string) => nodes.get(earlier) }
    const node = entryNode(read.entry, place)
    if (node === undefined) continue
    if (node.kind !== 'dir' && nodes.get(path)?.kind === 'dir') removeBelow(nodes, path)
    nodes.set(path, node)
    own.add(path)
  }
}

/** `.wh.NAME` hides a lower NAME, `.wh..wh..opq` all that lower layers have in the folder. */
function whiteOut(nodes: Map<string, TreeNode>, own: ReadonlySet<string>, path: string): void {
  const folder = parentOf(path)
  if (nameOf(path) !== '.wh..wh..opq') {
    const name = hiddenName(nameOf(path))
    if (name === undefined) return
    const hidden = joinPath(folder, name)
    removeBelow(nodes, hidden)
    nodes.delete(hidden)
    return
  }
  for (const below of [...nodes.keys()]) if (below.startsWith(`${folder}/`) && !own.has(below)) nodes.delete(below)
}

function removeBelow(nodes: Map<string, TreeNode>, folder: string): void {
  for (const path of [...nodes.keys()]) if (path.startsWith(`${folder}/`)) nodes.delete(path)
}

async function spool(layer: Layer, o: ImageReading): Promise<string> {
  const file = join(await o.scratch(), 'layer.tar')
  await pipeline(await layer.uncompressed(o), createWriteStream(file), { signal: o.signal })
  return file
}

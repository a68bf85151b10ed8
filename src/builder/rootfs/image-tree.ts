/** The file tree of an image, read from its layers' tars. Nothing is fetched before the first question. */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { once } from '../../oci/once.ts'
import type { Image, Layer } from '../../oci/views.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { readTar } from '../../tar/read-tar.ts'
import { rootFolder } from '../tree/empty-tree.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'
import { entryNode, entryPath } from './entry-node.ts'
import { tarContent } from './tar-content.ts'

/** `scratch` gives a folder for layers whose files are asked for; `signal` bounds all the reading. */
export function imageTree(image: Image, o: Waiting & { readonly scratch: () => Promise<string> }): Tree {
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

async function addLayer(nodes: Map<string, TreeNode>, layer: Layer, o: Waiting & { readonly scratch: () => Promise<string> }): Promise<void> {
  const spooled = once(() => spool(layer, o))
  const own = new Set<string>()
  const digest = (await layer.descriptor()).digest
  for await (const read of readTar(streamSource(await layer.uncompressed(o)), o)) {
    const path = entryPath(read.entry.path)
    if (path === undefined) continue
    if (nameOf(path).startsWith('.wh.')) {
      whiteOut(nodes, own, path)
      continue
    }
    const place = { content: tarContent(spooled, read), fingerprint: `${digest}:${read.offset}`, find: (earlier: string) => nodes.get(earlier) }
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
    const hidden = joinPath(folder, nameOf(path).slice('.wh.'.length))
    removeBelow(nodes, hidden)
    nodes.delete(hidden)
    return
  }
  for (const below of [...nodes.keys()]) if (below.startsWith(`${folder}/`) && !own.has(below)) nodes.delete(below)
}

function removeBelow(nodes: Map<string, TreeNode>, folder: string): void {
  for (const path of [...nodes.keys()]) if (path.startsWith(`${folder}/`)) nodes.delete(path)
}

async function spool(layer: Layer, o: Waiting & { readonly scratch: () => Promise<string> }): Promise<string> {
  const file = join(await o.scratch(), 'layer.tar')
  await pipeline(await layer.uncompressed(o), createWriteStream(file), { signal: o.signal })
  return file
}

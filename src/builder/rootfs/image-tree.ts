/** The file tree of an image, read from its layers' tars. Nothing is fetched before the first question. */
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { once } from '../../oci/once.ts'
import type { Image, Layer } from '../../oci/views.ts'
import { streamSource } from '../../tar/byte-source.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { readTar } from '../../tar/read-tar.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'

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

const rootFolder: TreeNode = { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }

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
  for await (const { entry, offset, sparse } of readTar(streamSource(await layer.uncompressed(o)), o)) {
    const path = entry.path.replace(/^(?:\.?\/)+|\/+$/g, '')
    if (path === '' || path === '.' || path.split('/').includes('..')) continue
    if (nameOf(path).startsWith('.wh.')) {
      whiteOut(nodes, own, path)
      continue
    }
    const node = nodeOf(entry, { nodes, spooled, offset, fingerprint: `${digest}:${offset}`, sparse: sparse !== undefined })
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

interface Place {
  readonly nodes: ReadonlyMap<string, TreeNode>
  readonly spooled: () => Promise<string>
  readonly offset: number
  readonly fingerprint: string
  readonly sparse: boolean
}

function nodeOf(entry: TarEntry, place: Place): TreeNode | undefined {
  const { mode, uid, gid, mtimeNs, xattrs } = entry
  const common = { mode, uid, gid, mtimeNs, ...(xattrs !== undefined && { xattrs }) }
  switch (entry.kind) {
    case 'file':
      return { kind: 'file', ...common, size: entry.size, content: contentAt(place, entry.size), fingerprint: place.fingerprint, inode: place.fingerprint }
    case 'hardlink':
      return place.nodes.get(entry.target.replace(/^(?:\.?\/)+/, ''))
    case 'symlink':
      return { kind: 'symlink', ...common, target: entry.target }
    case 'dir':
      return { kind: 'dir', ...common }
    case 'fifo':
      return { kind: 'fifo', ...common, major: 0, minor: 0 }
    default:
      return { kind: entry.kind, ...common, major: entry.major, minor: entry.minor }
  }
}

function contentAt({ spooled, offset }: Place, size: number): (o: Waiting) => Promise<Readable | Uint8Array> {
  if (size === 0) return async () => new Uint8Array()
  return async (o) => createReadStream(await spooled(), { start: offset, end: offset + size - 1, signal: o.signal })
}

async function spool(layer: Layer, o: Waiting & { readonly scratch: () => Promise<string> }): Promise<string> {
  const file = join(await o.scratch(), 'layer.tar')
  await pipeline(await layer.uncompressed(o), createWriteStream(file), { signal: o.signal })
  return file
}

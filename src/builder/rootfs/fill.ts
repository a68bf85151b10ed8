/** Fills a layer's folder: from its tar, or straight from what a COPY changed. */
import { problem } from '../../base/problem.ts'
import type { TarRead } from '../../tar/read-tar.ts'
import { resolveLink } from '../../tar/safe-path.ts'
import type { Changes } from '../layer/write-layer.ts'
import { type DirNode, joinPath, nameOf, parentOf, type TreeNode, type Waiting } from '../tree/node.ts'
import { entryNode, entryPath, hiddenName } from './entry-node.ts'
import type { TarSource } from './erofs/images.ts'
import type { FolderWriter } from './folder-writer.ts'
import type { IndexWriter } from './layer-index.ts'
import { readWhole } from './layer-tar.ts'
import { type LayerStack, lookUp } from './stack-lookup.ts'
import { linkTarget, stackTree } from './stack-tree.ts'

export type Fill = (writer: FolderWriter, below: LayerStack, o: Waiting) => Promise<void>

export function fillFromChanges(changes: Changes): Fill {
  return async (writer, _below, o) => {
    const first = new Map<string, string>()
    for (const [path, node] of changes) {
      o.signal.throwIfAborted()
      const inode = node.kind === 'file' ? node.inode : undefined
      const earlier = inode === undefined ? undefined : first.get(inode)
      if (inode !== undefined && earlier === undefined) first.set(inode, path)
      if (earlier === undefined || !writer.link(path, earlier)) await writer.put(path, node)
    }
  }
}

/** All that a stack of layers shows, in one folder. */
export function fillFromStack(stack: LayerStack): Fill {
  const tree = stackTree(async () => stack)
  return async (writer, below, o) => {
    const found: (readonly [string, TreeNode])[] = []
    const folders = ['']
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const [name, node] of await tree.list(folder, o)) {
        const path = joinPath(folder, name)
        found.push([path, node])
        if (node.kind === 'dir') folders.push(path)
      }
    }
    await fillFromChanges(found)(writer, below, o)
  }
}

/** Refuses a tar that is not the one of the layer's name: others would stand on it. `index` is written in passing. */
export function fillFromTar(tar: TarSource, index?: IndexWriter): Fill {
  return async (writer, below, o) => {
    const put = async (read: TarRead): Promise<void> => {
      index?.add(read)
      const path = entryPath(read.entry.path)
      if (path === undefined) return
      const folder = await foldersFor(writer, below, parentOf(path))
      await putEntry(writer, below, joinPath(folder, nameOf(path)), read)
    }
    await readWhole(tar, put, o)
    await index?.end()
  }
}

async function putEntry(writer: FolderWriter, below: LayerStack, path: string, read: TarRead): Promise<void> {
  const name = nameOf(path)
  if (name === '.wh..wh..opq') return writer.makeOpaque(parentOf(path))
  // Files of old storage drivers, no part of the image.
  if (name.startsWith('.wh..wh.')) return
  if (name.startsWith('.wh.')) {
    const hidden = hiddenName(name)
    if (hidden !== undefined) writer.hide(joinPath(parentOf(path), hidden))
    return
  }
  if (read.entry.kind === 'hardlink') return putLink(writer, below, path, read.entry.target)
  const node = entryNode(read.entry, { content: async () => new Uint8Array(), fingerprint: '', find: () => undefined })
  if (node !== undefined) await writer.put(path, node, read.body)
}

/** A link to what only a lower layer has: the file comes up with it, as it would on a mounted stack. */
async function putLink(writer: FolderWriter, below: LayerStack, path: string, given: string): Promise<void> {
  const wanted = entryPath(given)
  if (wanted === undefined || wanted === path) return
  const target = joinPath(await foldersFor(writer, below, parentOf(wanted)), nameOf(wanted))
  if (writer.link(path, target)) return
  const node = writer.has(target) ? undefined : lookUp(below, target)
  if (node === undefined || node.kind === 'dir') return
  await writer.put(target, node)
  if (!writer.link(path, target)) await writer.put(path, node)
}

const plain: DirNode = { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }

/** Folders that the layer itself does not have are as the layers below have them; links there are followed, inside the image. */
async function foldersFor(writer: FolderWriter, below: LayerStack, path: string, links = 0): Promise<string> {
  if (path === '' || writer.isFolder(path)) return path
  if (links > 40) throw problem('TAR_PATH_ESCAPES', { path, reason: 'its symbolic links go in circles' })
  let at = ''
  for (const part of path.split('/')) {
    const next = joinPath(at, part)
    const own = writer.targetOf(next)
    const found = writer.has(next) ? undefined : lookUp(below, next)
    if (own !== undefined) at = await foldersFor(writer, below, resolveLink(next, own), links + 1)
    else if (found?.kind === 'symlink') at = await foldersFor(writer, below, linkTarget(below, next), links + 1)
    else {
      if (!writer.has(next)) await writer.put(next, found?.kind === 'dir' ? found : plain)
      at = next
    }
  }
  return at
}

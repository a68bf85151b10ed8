/** Fills a layer's folder: from its tar, or straight from what a COPY changed. */
import type { Layer } from '../../oci/views.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { readTar, type TarRead } from '../../tar/read-tar.ts'
import type { Changes } from '../layer/write-layer.ts'
import { type DirNode, joinPath, nameOf, parentOf, type Waiting } from '../tree/node.ts'
import { entryNode, entryPath } from './entry-node.ts'
import { linkTarget } from './folder-tree.ts'
import type { FolderWriter } from './folder-writer.ts'
import { type LayerFolders, locate } from './stack-lookup.ts'

export type Fill = (writer: FolderWriter, below: LayerFolders, o: Waiting) => Promise<void>

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

export function fillFromTar(layer: Layer): Fill {
  return async (writer, below, o) => {
    for await (const read of readTar(streamSource(await layer.uncompressed(o)), o)) {
      const path = entryPath(read.entry.path)
      if (path === undefined) continue
      const folder = await foldersFor(writer, below, parentOf(path))
      await putEntry(writer, joinPath(folder, nameOf(path)), read)
    }
  }
}

async function putEntry(writer: FolderWriter, path: string, read: TarRead): Promise<void> {
  const name = nameOf(path)
  if (name === '.wh..wh..opq') return writer.makeOpaque(parentOf(path))
  // Files of old storage drivers, no part of the image.
  if (name.startsWith('.wh..wh.')) return
  if (name.startsWith('.wh.')) return writer.hide(joinPath(parentOf(path), name.slice('.wh.'.length)))
  if (read.entry.kind === 'hardlink') return void writer.link(path, entryPath(read.entry.target) ?? '')
  const node = entryNode(read.entry, { content: async () => new Uint8Array(), fingerprint: '', find: () => undefined })
  if (node !== undefined) await writer.put(path, node, read.body)
}

const plain: DirNode = { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }

/** Folders that the layer itself does not have are as the layers below have them; links there are followed, inside the image. */
async function foldersFor(writer: FolderWriter, below: LayerFolders, path: string): Promise<string> {
  if (path === '' || writer.isFolder(path)) return path
  let at = ''
  for (const part of path.split('/')) {
    const next = joinPath(at, part)
    if (writer.has(next)) {
      at = next
      continue
    }
    const found = locate(below, next)
    if (found?.stats.isSymbolicLink()) {
      at = await foldersFor(writer, below, linkTarget(below, next))
      continue
    }
    const { mode, uid, gid, mtimeMs } = found?.stats ?? { mode: plain.mode, uid: 0, gid: 0, mtimeMs: 0 }
    await writer.put(next, { kind: 'dir', mode: mode & 0o7777, uid, gid, mtimeNs: BigInt(Math.floor(mtimeMs)) * 1_000_000n })
    at = next
  }
  return at
}

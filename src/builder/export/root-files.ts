/** The files that a container of an image would see, as one tar or as files of this machine. */
import { createWriteStream } from 'node:fs'
import { chmod, lchown, link, lstat, lutimes, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../base/problem.ts'
import type { Image } from '../../oci/views.ts'
import { type Changes, layerTar } from '../layer/layer-tar.ts'
import { imageTree } from '../rootfs/image-tree.ts'
import type { BuildStore } from '../store/build-store.ts'
import { joinPath, type TreeNode, type Waiting } from '../tree/node.ts'

export interface RootFiles {
  readonly entries: Changes
  tar(): Readable
  close(): Promise<void>
}

export async function rootFiles(image: Image, o: Waiting & { readonly store: BuildStore }): Promise<RootFiles> {
  const folders: string[] = []
  const close = async (): Promise<void> => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  }
  const scratch = async (): Promise<string> => {
    const folder = await o.store.scratch()
    folders.push(folder)
    return folder
  }
  try {
    const tree = imageTree(image, { ...o, scratch })
    const entries: (readonly [string, TreeNode])[] = []
    const visit = async (folder: string): Promise<void> => {
      o.signal.throwIfAborted()
      for (const [name, node] of await tree.list(folder, o)) {
        const path = joinPath(folder, name)
        entries.push([path, node])
        if (node.kind === 'dir') await visit(path)
      }
    }
    await visit('')
    return { entries, tar: () => layerTar(entries, o), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Into a folder that may have files already: what has the same name is replaced. Owners are kept where this user may give files away. */
export async function writeRootFiles({ entries }: Pick<RootFiles, 'entries'>, folder: string, o: Waiting): Promise<void> {
  const first = new Map<string, string>()
  await mkdir(folder, { recursive: true })
  for (const [path, node] of entries) {
    o.signal.throwIfAborted()
    await writeOne(join(folder, path), node, first, o)
  }
  for (const [path, node] of entries.toReversed()) if (node.kind === 'dir') await dress(join(folder, path), node)
}

async function writeOne(file: string, node: TreeNode, first: Map<string, string>, o: Waiting): Promise<void> {
  const there = await lstat(file).catch(() => undefined)
  if (there !== undefined && !(node.kind === 'dir' && there.isDirectory())) await rm(file, { recursive: true, force: true })
  switch (node.kind) {
    case 'dir':
      // Its own mode comes last: it may forbid what is to be written into it.
      return void (await mkdir(file, { recursive: true, mode: 0o755 }))
    case 'symlink':
      await symlink(node.target, file)
      return dress(file, node)
    case 'file': {
      const earlier = node.inode === undefined ? undefined : first.get(node.inode)
      if (earlier !== undefined) return link(earlier, file)
      const content = await node.content(o)
      const source = content instanceof Readable ? content : Readable.from([content], { objectMode: false })
      await pipeline(source, createWriteStream(file, { mode: 0o600 }), { signal: o.signal })
      if (node.inode !== undefined) first.set(node.inode, file)
      return dress(file, node)
    }
    default:
      throw problem('BUILD_EXPORT_FAILED', { path: file, reason: `it is a ${node.kind === 'fifo' ? 'pipe' : 'device'}, which a folder cannot hold` })
  }
}

async function dress(file: string, node: TreeNode): Promise<void> {
  const seconds = Number(node.mtimeNs) / 1e9
  await lchown(file, node.uid, node.gid).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error
  })
  if (node.kind !== 'symlink') await chmod(file, node.mode)
  await lutimes(file, seconds, seconds)
}

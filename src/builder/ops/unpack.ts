/** ADD of a local archive: known by its bytes, whatever its name; its entries go below the destination. */
import { createReadStream, createWriteStream } from 'node:fs'
import { join as joinFile } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isProblem, problem } from '../../base/problem.ts'
import { growthGuard } from '../../oci/decompress.ts'
import { join } from '../../oci/join.ts'
import { once } from '../../oci/once.ts'
import { streamSource } from '../../tar/byte-source.ts'
import { readTar } from '../../tar/read-tar.ts'
import type { CopyOp } from '../lower/op.ts'
import { entryNode, entryPath } from '../rootfs/entry-node.ts'
import { tarContent } from '../rootfs/tar-content.ts'
import { makeFolders } from '../tree/make-folders.ts'
import { joinPath, nameOf, parentOf, type TreeNode } from '../tree/node.ts'
import type { CopyWorld } from './copy.ts'
import { folderOptions } from './folder-options.ts'
import type { Placing } from './place.ts'
import type { Found } from './sources.ts'
import { unpackLimits } from './unpack-limits.ts'
import { unpackedBytes } from './unpacked-bytes.ts'

/** False: it is no archive, so it is copied as it is. Owners, modes and times are the archive's, but for what --chown says, as in BuildKit. */
export async function unpack(op: CopyOp, world: CopyWorld, placing: Placing, found: Found): Promise<boolean> {
  const { node } = found
  if (node.kind !== 'file' || node.size < 20) return false
  const head = await firstBytes(await node.content(world))
  const tar = once(() => spool(world, node, head, found.path))
  if (!(await isTar(await tar(), world))) return false
  const folders = folderOptions(op, world, placing)
  const dest = await makeFolders(world.tree, op.dest.replace(/^\/+|\/+$/g, ''), folders)
  const seen = new Map<string, TreeNode>()
  const unpacked = new Map<string, TreeNode>()
  for await (const read of readTar(streamSource(createReadStream(await tar(), { signal: world.signal })), world)) {
    const path = entryPath(read.entry.path)
    if (path === undefined) continue
    const fingerprint = `${node.fingerprint}:${read.offset}`
    const entry = entryNode(read.entry, { content: tarContent(tar, read), fingerprint, find: (earlier) => seen.get(earlier) })
    if (entry === undefined) {
      const reason = `the hard link ${read.entry.path} leads to no file of it`
      throw problem('BUILD_ARCHIVE_REFUSED', { archive: found.path, reason }, { at: op.at })
    }
    seen.set(path, entry)
    const folder = await makeFolders(world.tree, joinPath(dest, parentOf(path)), folders)
    const to = joinPath(folder, nameOf(path))
    const placed = await put(world, placing, to, entry)
    if (placed.kind === 'dir') unpacked.set(to, placed)
  }
  // What came into a folder changed its time.
  for (const [path, folder] of unpacked) if (path !== '') world.tree.put(path, folder)
  return true
}

async function put(world: CopyWorld, { at, owner, mtimeNs }: Placing, to: string, entry: TreeNode): Promise<TreeNode> {
  const there = await world.tree.peek(to, world)
  if (there?.kind === 'dir' && entry.kind !== 'dir') {
    throw problem(
      'BUILD_DESTINATION_INVALID',
      { instruction: 'ADD', path: `/${to}`, reason: 'a directory is there, and the archive has a file of that name' },
      { at },
    )
  }
  const placed = { ...entry, ...owner, mtimeNs: mtimeNs ?? entry.mtimeNs }
  if (entry.kind === 'dir' && there === undefined) world.tree.touch(parentOf(to))
  world.tree.put(to, placed)
  return placed
}

async function firstBytes(content: Readable | Uint8Array): Promise<Buffer> {
  if (!(content instanceof Readable)) return Buffer.from(content.subarray(0, 512))
  for await (const chunk of content) return Buffer.from(chunk as Uint8Array).subarray(0, 512)
  return Buffer.alloc(0)
}

/** Plain bytes in a file of ours: entries are read from it when the layer is written. What is no archive stays plain too. */
async function spool(world: CopyWorld, node: Extract<TreeNode, { kind: 'file' }>, head: Uint8Array, path: string): Promise<string> {
  const file = joinFile(await world.scratch(), 'archive.tar')
  const content = await node.content(world)
  const source = content instanceof Readable ? content : Readable.from([content], { objectMode: false })
  const { before, after } = growthGuard(path, unpackLimits)
  const plain = await unpackedBytes(join(source, [before], world), head, path, world)
  await pipeline(plain, after, createWriteStream(file), { signal: world.signal })
  return file
}

async function isTar(file: string, world: CopyWorld): Promise<boolean> {
  try {
    for await (const _first of readTar(streamSource(createReadStream(file, { signal: world.signal })), world)) return true
    return false
  } catch (error) {
    if (isProblem(error, 'TAR_CORRUPT')) return false
    throw error
  }
}

/** Reads the metadata of an image that we wrote: paths to nodes, directories to names, as the kernel will find them. */
import { createHash } from 'node:crypto'
import { decodeAttributes } from './attributes.ts'
import { blockSize, direntSize, inline, inodeSize, modeBits, rootNumber, slotSize } from './format.ts'
import type { ImageFacts } from './header.ts'
import type { LayerNotes } from './image.ts'
import { fromBytes, type NodeKind, toBytes } from './layer-node.ts'

export interface ImageNode {
  readonly kind: NodeKind
  /** Of the inode: names of one file have one number. */
  readonly number: number
  readonly links: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeNs: bigint
  readonly size: number
  /** Where the content begins in the image. */
  readonly contentAt: number
  readonly target: string
  readonly major: number
  readonly minor: number
  readonly xattrs: ReadonlyMap<string, Buffer>
}

export interface ImageView {
  readonly notes: LayerNotes
  /** "" is the root. Links are not followed. */
  find(path: string): ImageNode | undefined
  /** Names in a directory, white-outs among them; none in what is no directory. */
  names(path: string): readonly string[]
}

const kinds: ReadonlyMap<number, NodeKind> = new Map(Object.entries(modeBits).map(([kind, bits]) => [bits, kind as NodeKind]))

/** `bytes`: metadata and notes. Undefined: they are not what was written. */
export function openImage(bytes: Buffer, facts: ImageFacts): ImageView | undefined {
  const { metadataSize, notesSize, sha256, metadataBlock } = facts
  if (bytes.length !== metadataSize + notesSize || createHash('sha256').update(bytes).digest('hex') !== sha256) return undefined
  const notes = JSON.parse(bytes.toString('utf8', metadataSize)) as LayerNotes
  const read = (number: number) => readNode(bytes, number, metadataBlock)
  const at = (path: string): ImageNode | undefined => {
    let number: number | undefined = rootNumber
    for (const part of path === '' ? [] : path.split('/')) {
      number = number === undefined ? undefined : child(bytes, directoryAt(bytes, number, metadataBlock), Buffer.from(toBytes(part), 'latin1'))
      if (number === undefined) return undefined
    }
    return read(number as number)
  }
  return {
    notes,
    find: at,
    names(path) {
      const node = at(path)
      const directory = node?.kind === 'dir' ? directoryAt(bytes, node.number, metadataBlock) : undefined
      return directory === undefined ? [] : namesIn(bytes, directory)
    },
  }
}

interface Directory {
  readonly at: number
  readonly size: number
}

/** Undefined: it is none. */
function directoryAt(bytes: Buffer, number: number, metadataBlock: number): Directory | undefined {
  const at = number * slotSize
  if ((bytes.readUInt16LE(at + 4) & 0o170000) !== modeBits.dir) return undefined
  return { at: dataAt(bytes, at, metadataBlock), size: bytes.readUInt32LE(at + 8) }
}

function dataAt(bytes: Buffer, at: number, metadataBlock: number): number {
  if (bytes.readUInt16LE(at) >> 1 !== inline) return (bytes.readUInt32LE(at + 16) - metadataBlock) * blockSize
  return at + inodeSize + attributesSize(bytes, at)
}

function attributesSize(bytes: Buffer, at: number): number {
  const count = bytes.readUInt16LE(at + 2)
  return count === 0 ? 0 : 12 + 4 * (count - 1)
}

/** Names of one block: begin and end of each. */
function block(bytes: Buffer, { at, size }: Directory, index: number): readonly (readonly [number, number])[] {
  const start = at + index * blockSize
  const end = Math.min(start + blockSize, at + size)
  const count = bytes.readUInt16LE(start + 8) / direntSize
  const last = bytes.indexOf(0, start + bytes.readUInt16LE(start + (count - 1) * direntSize + 8))
  const stop = last < 0 || last > end ? end : last
  const begin = (i: number) => (i === count ? stop : start + bytes.readUInt16LE(start + i * direntSize + 8))
  return Array.from({ length: count }, (_, i) => [begin(i), begin(i + 1)] as const)
}

/** By halves: first the block, then in it. */
function child(bytes: Buffer, directory: Directory | undefined, name: Buffer): number | undefined {
  if (directory === undefined) return undefined
  let [low, high] = [0, Math.ceil(directory.size / blockSize) - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const [[begin, end] = [0, 0]] = block(bytes, directory, middle)
    if (bytes.compare(name, 0, name.length, begin, end) > 0) high = middle - 1
    else low = middle
  }
  const names = block(bytes, directory, low)
  const found = names.findIndex(([begin, end]) => bytes.compare(name, 0, name.length, begin, end) === 0)
  return found < 0 ? undefined : bytes.readUInt32LE(directory.at + low * blockSize + found * direntSize)
}

function namesIn(bytes: Buffer, directory: Directory): readonly string[] {
  const found: string[] = []
  for (let i = 0; i * blockSize < directory.size; i++) {
    for (const [begin, end] of block(bytes, directory, i)) {
      const name = bytes.toString('latin1', begin, end)
      if (name !== '.' && name !== '..') found.push(fromBytes(name))
    }
  }
  return found
}

function readNode(bytes: Buffer, number: number, metadataBlock: number): ImageNode {
  const at = number * slotSize
  const mode = bytes.readUInt16LE(at + 4)
  const kind = kinds.get(mode & 0o170000) ?? 'file'
  const size = bytes.readUInt32LE(at + 8) + bytes.readUInt32LE(at + 12) * 2 ** 32
  const where = bytes.readUInt32LE(at + 16)
  const device = kind === 'char' || kind === 'block'
  const data = kind === 'symlink' ? dataAt(bytes, at, metadataBlock) : 0
  return {
    kind,
    number,
    links: bytes.readUInt32LE(at + 44),
    mode: mode & 0o7777,
    uid: bytes.readUInt32LE(at + 24),
    gid: bytes.readUInt32LE(at + 28),
    mtimeNs: bytes.readBigInt64LE(at + 32) * 1_000_000_000n + BigInt(bytes.readUInt32LE(at + 40)),
    size,
    contentAt: kind === 'file' ? where * blockSize : 0,
    target: kind === 'symlink' ? bytes.toString('utf8', data, data + size) : '',
    major: device ? (where >> 8) & 0xfff : 0,
    minor: device ? (where & 0xff) | ((where >> 12) & 0xfff00) : 0,
    xattrs: decodeAttributes(bytes.subarray(at + inodeSize, at + inodeSize + attributesSize(bytes, at))),
  }
}

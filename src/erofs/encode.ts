/** The metadata of an image: inodes, then directories and link targets that do not fit beside theirs. */
import { problem } from '../base/problem.ts'
import { blockSize, direntSize, fileTypes, inodeSize, modeBits, plain, roundUp, slotSize } from './format.ts'
import type { LayerNode } from './layer-node.ts'
import { type Placed, placeInodes } from './place-inodes.ts'

export interface Encoded {
  /** Whole blocks. */
  readonly bytes: Buffer
  readonly inodes: number
}

export interface EncodeOptions {
  /** The block where the metadata will stand. */
  readonly block: number
  /** Where the content of a file begins in the image; a multiple of the block size. */
  contentAt(node: LayerNode): number
}

const mostBlocks = 0xffffffff
const second = 1_000_000_000n

export function encodeTree(root: LayerNode, o: EncodeOptions): Encoded {
  const { placed, inodeBlocks, dataBlocks } = placeInodes(root)
  if (o.block + inodeBlocks + dataBlocks > mostBlocks) throw problem('TAR_UNWRITABLE', { path: 'an index', reason: 'the layer is larger than 2 TiB' })
  const bytes = Buffer.alloc((inodeBlocks + dataBlocks) * blockSize)
  let inodes = 0
  for (const one of placed.values()) {
    const dataAt = one.layout === plain ? (inodeBlocks + one.dataBlock) * blockSize : one.at + inodeSize + one.attributes.length
    writeInode(bytes, one, ++inodes, place(one, o, inodeBlocks))
    one.attributes.copy(bytes, one.at + inodeSize)
    one.node.target?.copy(bytes, dataAt)
    if (one.node.kind === 'dir') writeNames(bytes, one, dataAt, (node) => (placed.get(node)?.at ?? 0) / slotSize)
  }
  return { bytes, inodes }
}

/** The block of the content, or the number of a device. */
function place({ node, layout, dataBlock }: Placed, o: EncodeOptions, inodeBlocks: number): number {
  if (node.kind === 'char' || node.kind === 'block') return ((node.minor & 0xff) | (node.major << 8) | ((node.minor & ~0xff) << 12)) >>> 0
  if (node.kind === 'file') return node.size === 0 ? 0 : o.contentAt(node) / blockSize
  return layout === plain && node.kind !== 'fifo' ? o.block + inodeBlocks + dataBlock : 0
}

function writeInode(bytes: Buffer, { node, at, links, attributes, layout, dataSize }: Placed, number: number, where: number): void {
  bytes.writeUInt16LE(1 | (layout << 1), at)
  bytes.writeUInt16LE(attributes.length === 0 ? 0 : (attributes.length - 12) / 4 + 1, at + 2)
  bytes.writeUInt16LE(modeBits[node.kind] | node.mode, at + 4)
  const size = node.kind === 'file' ? node.size : dataSize
  bytes.writeUInt32LE(size % 2 ** 32, at + 8)
  bytes.writeUInt32LE(Math.floor(size / 2 ** 32), at + 12)
  bytes.writeUInt32LE(where, at + 16)
  bytes.writeUInt32LE(number >>> 0, at + 20)
  bytes.writeUInt32LE(node.uid >>> 0, at + 24)
  bytes.writeUInt32LE(node.gid >>> 0, at + 28)
  const rest = ((node.mtimeNs % second) + second) % second
  bytes.writeBigInt64LE(BigInt.asIntN(64, (node.mtimeNs - rest) / second), at + 32)
  bytes.writeUInt32LE(Number(rest), at + 40)
  bytes.writeUInt32LE(links, at + 44)
}

/** Each block: fixed parts of its entries, then their names. */
function writeNames(bytes: Buffer, { names }: Placed, start: number, numberOf: (node: LayerNode) => number): void {
  let first = 0
  for (let blockAt = start; first < names.length; blockAt += blockSize) {
    let end = first
    for (let used = 0; end < names.length; end++) {
      used += direntSize + (names[end]?.name.length ?? 0)
      if (used > blockSize) break
    }
    let nameAt = (end - first) * direntSize
    for (let i = first; i < end; i++) {
      const { name, node } = names[i] as Placed['names'][number]
      const at = blockAt + (i - first) * direntSize
      bytes.writeUInt32LE(numberOf(node), at)
      bytes.writeUInt16LE(nameAt, at + 8)
      bytes.writeUInt8(fileTypes[node.kind], at + 10)
      bytes.write(name, blockAt + nameAt, 'latin1')
      nameAt += name.length
    }
    first = end
  }
}

/** Sparse files are spread out behind the tar, each at a block of its own. */
export function spreadOut(nodes: readonly LayerNode[], from: number): ReadonlyMap<LayerNode, number> {
  let at = roundUp(from, blockSize)
  const places = new Map<LayerNode, number>()
  for (const node of nodes) {
    places.set(node, at)
    at = roundUp(at + node.size, blockSize)
  }
  return places
}

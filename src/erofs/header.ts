/** The first 4 KiB of an image: the kernel's superblock, and beside it what we want to know before we trust the file. */
import { createHash } from 'node:crypto'
import { blockBits, blockSize, headerSize, magic, rootNumber, superblockAt } from './format.ts'

/** Changes whenever images of older writers are not what this one writes. */
export const writerVersion = 1

export interface ImageFacts {
  /** Digest of the tar, or another name of what is in the image. */
  readonly name: string
  /** Bytes of the tar, which begins at 4096. */
  readonly tarSize: number
  /** Where the metadata begins, in blocks, and how long it is in bytes. */
  readonly metadataBlock: number
  readonly metadataSize: number
  readonly inodes: number
  /** sha256 of metadata and notes. */
  readonly sha256: string
  /** Bytes of JSON after the metadata. */
  readonly notesSize: number
}

const noteAt = 2048
/** Of compatible features: times are those of the content. */
const modifiedTimes = 2

export function encodeHeader(facts: ImageFacts): Buffer {
  const bytes = Buffer.alloc(headerSize)
  bytes.write(`slipway layer ${writerVersion}\n`, 0, 'latin1')
  const text = JSON.stringify(facts)
  bytes.write(`${text}\n${createHash('sha256').update(text).digest('hex')}\n`, noteAt)
  const at = superblockAt
  bytes.writeUInt32LE(magic, at)
  bytes.writeUInt32LE(modifiedTimes, at + 8)
  bytes.writeUInt8(blockBits, at + 12)
  bytes.writeUInt16LE(rootNumber, at + 14)
  bytes.writeUInt32LE(facts.inodes, at + 16)
  bytes.writeUInt32LE(facts.metadataBlock + facts.metadataSize / blockSize, at + 36)
  bytes.writeUInt32LE(facts.metadataBlock, at + 40)
  // Overlays tell layers apart by it.
  createHash('sha256')
    .update(facts.name)
    .digest()
    .copy(bytes, at + 48, 0, 16)
  return bytes
}

/** Undefined: not written by this writer, or damaged. Every byte of the header counts. */
export function decodeHeader(bytes: Buffer): ImageFacts | undefined {
  try {
    const end = bytes.indexOf('\n', noteAt)
    const facts = JSON.parse(bytes.toString('utf8', noteAt, end)) as ImageFacts
    return encodeHeader(facts).equals(bytes) ? facts : undefined
  } catch {
    return undefined
  }
}

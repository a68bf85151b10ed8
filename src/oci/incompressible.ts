/** Bytes that deflate cannot make smaller: found by looking at a sample, and kept as they are. Cheap beside trying to compress them. */
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'

const deflate = promisify<Buffer, object, Buffer>(deflateRaw)

const sampleSize = 1024
const samples = 32
/** Bits per byte in the sample: text has about 5, machine code 6, compressed files 7.9 and more. */
const noise = 7.9
/** A repeated pattern may look like noise byte by byte; what is really noise does not shrink at all. */
const leastGain = 0.98

/** Depends on the bytes alone. */
export async function worthCompressing(piece: Buffer): Promise<boolean> {
  if (piece.length < sampleSize * samples * 2) return true
  const sample = sampleOf(piece)
  if (entropy(sample) < noise) return true
  const start = (piece.length - sample.length) >> 1
  const middle = piece.subarray(start, start + sample.length)
  return (await deflate(middle, { level: 1, chunkSize: 2 * sample.length })).length < leastGain * middle.length
}

/** Short runs from all over the piece: a part that can be compressed shows. */
function sampleOf(piece: Buffer): Buffer {
  const step = Math.floor((piece.length - sampleSize) / (samples - 1))
  return Buffer.concat(Array.from({ length: samples }, (_, i) => piece.subarray(i * step, i * step + sampleSize)))
}

/** Order 0, in bits per byte. */
function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256)
  for (let i = 0; i < bytes.length; i++) counts[bytes[i] as number] = (counts[bytes[i] as number] as number) + 1
  let bits = 0
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / bytes.length)
  return bits / bytes.length
}

const largestBlock = 0xffff

/** Deflate's stored blocks, none of them the last; starts and ends on a byte border. */
export function storedBlocks(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += largestBlock) {
    const part = bytes.subarray(at, at + largestBlock)
    const head = Buffer.alloc(5)
    head.writeUInt16LE(part.length, 1)
    head.writeUInt16LE(~part.length & 0xffff, 3)
    parts.push(head, part)
  }
  return Buffer.concat(parts)
}

/** One piece, with as much effort as it is worth. */
import type { Deflater, Effort } from './deflater.ts'

const sampleSize = 16 * 1024

/**
 * By what a sample shrinks to with the least effort. In long repeats more effort makes a tenth less and is fast anyway; in what hardly
 * packs, it makes hardly anything less and takes twice as long.
 */
const efforts: readonly { readonly below: number; readonly effort: Effort }[] = [
  { below: 0.2, effort: 3 },
  { below: 0.25, effort: 2 },
  { below: Number.POSITIVE_INFINITY, effort: 1 },
]

export function packPiece(deflate: Deflater, piece: Uint8Array, before: Uint8Array | undefined): Buffer<ArrayBuffer> {
  const packed = packInPlace(deflate, piece, before)
  const bytes = Buffer.from(new ArrayBuffer(packed.length))
  bytes.set(packed)
  return bytes
}

/** The answer is looked at before the next call. */
export function packInPlace(deflate: Deflater, piece: Uint8Array, before: Uint8Array | undefined): Uint8Array {
  return deflate(piece, before, effortFor(deflate, piece))
}

function effortFor(deflate: Deflater, piece: Uint8Array): Effort {
  const size = Math.min(sampleSize, piece.length)
  const from = (piece.length - size) >> 1
  const share = deflate(piece.subarray(from, from + size), undefined, 1).length / size
  return efforts.find(({ below }) => share < below)?.effort ?? 1
}

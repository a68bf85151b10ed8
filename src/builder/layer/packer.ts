/** Gathers bytes into pieces of one size: the compressor's, so that nothing needs to be put together again there. */
import { type PiecePool, pieceSize } from '../../oci/pieces.ts'

export interface Packer {
  add(bytes: Uint8Array): void
  zeros(count: number): void
  /** Where the next bytes go; never empty. Who writes there says how much by `took`. */
  room(): Buffer
  took(count: number): void
  /** Pieces that are full. Each is given once. */
  full(): readonly Buffer[]
  /** All that is left. */
  rest(): readonly Buffer[]
}

export function packer(pool: Pick<PiecePool, 'take'>): Packer {
  let ready: Buffer[] = []
  let piece = pool.take()
  let at = 0
  const took = (count: number): void => {
    at += count
    if (at < pieceSize) return
    ready.push(piece)
    piece = pool.take()
    at = 0
  }
  const full = (): readonly Buffer[] => {
    const given = ready
    if (given.length > 0) ready = []
    return given
  }
  return {
    add(bytes) {
      for (let done = 0; done < bytes.length; ) {
        const part = bytes.subarray(done, done + pieceSize - at)
        piece.set(part, at)
        done += part.length
        took(part.length)
      }
    },
    zeros(count) {
      for (let left = count; left > 0; ) {
        const part = Math.min(left, pieceSize - at)
        piece.fill(0, at, at + part)
        left -= part
        took(part)
      }
    },
    room: () => piece.subarray(at),
    took,
    full,
    rest: () => (at === 0 ? full() : [...full(), piece.subarray(0, at)]),
  }
}

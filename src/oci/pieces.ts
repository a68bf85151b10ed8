/** The pieces in which bytes are compressed, and a place where whoever makes them gets back those that are no longer needed. */

export const pieceSize = 1024 * 1024
/** What a piece becomes is never larger: noise is kept as it is, with a few bytes for each block. */
export const packedSize = pieceSize + 4096

/** In memory that threads share: a piece is not copied to whoever compresses or hashes it. */
export type Piece = Buffer<SharedArrayBuffer>

/** Fresh memory for every piece would be gigabytes for the collector to find, and hundreds of megabytes that it has not found yet. */
export interface PiecePool {
  take(): Piece
  /** The memory behind `bytes`, when it is the pool's own. Nobody may look at it any more. */
  give(bytes: Uint8Array): void
}

/** `size`: of each. */
export function piecePool(size = pieceSize): PiecePool {
  const own = new WeakSet<ArrayBufferLike>()
  const free: Piece[] = []
  return {
    take() {
      const known = free.pop()
      if (known !== undefined) return known
      const fresh = Buffer.from(new SharedArrayBuffer(size))
      own.add(fresh.buffer)
      return fresh
    },
    give({ buffer }) {
      if (own.has(buffer)) free.push(Buffer.from(buffer as SharedArrayBuffer, 0, size))
    },
  }
}

/**
 * `pool` for bytes that leave through a stream, which still looks at a few of them when it asks for the next: each comes back when so many
 * more have left. What is small may wait in a socket together with others like it: who hands it on copies it.
 */
export function laggingPool(pool: PiecePool, lag: number): PiecePool {
  const left: Uint8Array[] = []
  return {
    take: () => pool.take(),
    give(bytes) {
      left.push(bytes)
      if (left.length > lag) pool.give(left.shift() as Uint8Array)
    },
  }
}

/** Always the same borders, however the bytes arrive. What is no piece already is copied into one of `pool`. */
export async function* intoPieces(source: AsyncIterable<Buffer>, pool: PiecePool): AsyncGenerator<Piece> {
  let piece: Piece | undefined
  let size = 0
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      if (size === 0 && at === 0 && isWhole(chunk)) {
        yield chunk
        break
      }
      piece ??= pool.take()
      const part = chunk.subarray(at, at + pieceSize - size)
      piece.set(part, size)
      size += part.length
      at += part.length
      if (size < pieceSize) continue
      yield piece
      piece = undefined
      size = 0
    }
  }
  if (piece !== undefined) yield piece.subarray(0, size)
}

function isWhole(chunk: Buffer): chunk is Piece {
  return chunk.length === pieceSize && chunk.buffer instanceof SharedArrayBuffer
}

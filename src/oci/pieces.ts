/** The pieces in which bytes are compressed, and a place where whoever makes them gets back those that are no longer needed. */

export const pieceSize = 1024 * 1024

/** Fresh memory for every piece would be gigabytes for the collector to find, and hundreds of megabytes that it has not found yet. */
export interface PiecePool {
  take(): Buffer
  /** The memory behind `bytes`, when it is the pool's own. Nobody may look at it any more. */
  give(bytes: Uint8Array): void
}

export function piecePool(): PiecePool {
  const own = new WeakSet<ArrayBufferLike>()
  const free: Buffer[] = []
  return {
    take() {
      const known = free.pop()
      if (known !== undefined) return known
      const fresh = Buffer.allocUnsafeSlow(pieceSize)
      own.add(fresh.buffer)
      return fresh
    },
    give({ buffer }) {
      if (own.has(buffer)) free.push(Buffer.from(buffer, 0, pieceSize))
    },
  }
}

/** A part of an open file as a stream. The file stays open, and may have any number of readers. */
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type Piece, type PiecePool, pieceSize } from '../oci/pieces.ts'

const chunkSize = 1024 * 1024

export function fileRange(file: FileHandle, range: { readonly offset: number; readonly size: number }, o: { readonly signal: AbortSignal }): Readable {
  return Readable.from(chunks(file, range), { objectMode: false, highWaterMark: chunkSize, signal: o.signal })
}

async function* chunks(file: FileHandle, { offset, size }: { readonly offset: number; readonly size: number }): AsyncGenerator<Buffer> {
  for (let done = 0; done < size; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkSize, size - done))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, offset + done)
    // Cut short: who reads finds too few bytes, and knows how to say so.
    if (bytesRead === 0) return
    done += bytesRead
    yield chunk.subarray(0, bytesRead)
  }
}

/**
 * The same in pieces of `pool`, which gets them back from whoever is done with them. The next is read while the last is looked at.
 */
export async function* filePieces(
  file: FileHandle,
  { offset, size }: { readonly offset: number; readonly size: number },
  pool: PiecePool,
): AsyncGenerator<Piece> {
  const read = async (at: number): Promise<Piece> => {
    const piece = pool.take().subarray(0, Math.min(pieceSize, size - at))
    for (let done = 0; done < piece.length; ) {
      const { bytesRead } = await file.read(piece, done, piece.length - done, offset + at + done)
      if (bytesRead === 0) return piece.subarray(0, done)
      done += bytesRead
    }
    return piece
  }
  let next = size === 0 ? undefined : read(0)
  for (let at = 0; next !== undefined; ) {
    const piece: Piece = await next
    at += piece.length
    // Cut short: as above.
    next = piece.length < pieceSize || at >= size ? undefined : read(at)
    next?.catch(() => undefined)
    if (piece.length > 0) yield piece
  }
}

/** Where a tar is read from: a stream, or a file that can jump over bodies. */
import type { Readable } from 'node:stream'

export interface ByteSource {
  /** Bytes read or skipped so far. */
  readonly position: number
  /** Exactly `size` bytes, fewer only at the end. */
  exactly(size: number): Promise<Buffer>
  /** At least one and at most `limit` bytes; undefined at the end. */
  some(limit: number): Promise<Buffer | undefined>
  /** Goes over `size` bytes and answers how many there were. */
  skip(size: number): Promise<number>
}

export function streamSource(stream: Readable | AsyncIterable<Uint8Array>): ByteSource {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  let position = 0
  const more = async (): Promise<boolean> => {
    const step = await chunks.next()
    if (step.done === true) return false
    rest = Buffer.from(step.value.buffer, step.value.byteOffset, step.value.length)
    return true
  }
  const take = (size: number): Buffer => {
    const piece = rest.subarray(0, size)
    rest = rest.subarray(piece.length)
    position += piece.length
    return piece
  }
  const some = async (limit: number): Promise<Buffer | undefined> => {
    while (rest.length === 0) if (!(await more())) return undefined
    return take(limit)
  }
  const exactly = async (size: number): Promise<Buffer> => {
    if (rest.length >= size) return take(size)
    const pieces: Buffer[] = []
    let missing = size
    while (missing > 0) {
      const piece = await some(missing)
      if (piece === undefined) break
      pieces.push(piece)
      missing -= piece.length
    }
    return Buffer.concat(pieces)
  }
  const skip = async (size: number): Promise<number> => {
    let missing = size
    while (missing > 0) {
      const piece = await some(missing)
      if (piece === undefined) break
      missing -= piece.length
    }
    return size - missing
  }
  return {
    get position() {
      return position
    },
    some,
    exactly,
    skip,
  }
}

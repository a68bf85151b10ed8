/** A tar file as a byte source that jumps over bodies instead of reading them. */
import type { FileHandle } from 'node:fs/promises'
import type { ByteSource } from '../tar/byte-source.ts'

/** Headers of small entries come together in one read. */
const ahead = 64 * 1024

export async function fileSource(file: FileHandle): Promise<ByteSource> {
  const total = (await file.stat()).size
  let buffer: Buffer = Buffer.alloc(0)
  let bufferAt = 0
  let position = 0
  const load = async (size: number): Promise<Buffer> => {
    const inside = position - bufferAt
    if (inside < 0 || inside + Math.min(size, total - position) > buffer.length) {
      const fresh = Buffer.alloc(Math.min(Math.max(size, ahead), Math.max(0, total - position)))
      const { bytesRead } = await file.read(fresh, 0, fresh.length, position)
      buffer = fresh.subarray(0, bytesRead)
      bufferAt = position
    }
    const piece = buffer.subarray(position - bufferAt, position - bufferAt + size)
    position += piece.length
    return piece
  }
  return {
    get position() {
      return position
    },
    exactly: load,
    some: async (limit) => {
      const piece = await load(Math.min(limit, ahead))
      return piece.length === 0 ? undefined : piece
    },
    skip: async (size) => {
      const done = Math.min(size, total - position)
      position += done
      return done
    },
  }
}

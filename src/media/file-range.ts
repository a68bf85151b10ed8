/** A part of an open file as a stream. The file stays open, and may have any number of readers. */
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** As large as the pieces in which layers are compressed, so that they need no copying together. */
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

/** A stream into an open file, which stays open: the caller syncs, renames and closes. */
import type { FileHandle } from 'node:fs/promises'
import { Writable } from 'node:stream'

export interface FileSinkOptions {
  /** First position; the file is written from there on. */
  readonly start?: number
  /** Told each chunk after it is written. */
  readonly onWritten?: (chunk: Buffer) => void
}

export function fileSink(file: FileHandle, o: FileSinkOptions = {}): Writable {
  let position = o.start ?? 0
  return new Writable({
    highWaterMark: 1024 * 1024,
    write(chunk: Buffer, _encoding, done) {
      writeAll(file, chunk, position).then(() => {
        position += chunk.length
        o.onWritten?.(chunk)
        done()
      }, done)
    },
  })
}

export async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await file.write(chunk, done, chunk.length - done, position + done)).bytesWritten
}

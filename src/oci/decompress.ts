/** Plain bytes out of whatever a layer turns out to be: its magic bytes decide, not its label. */
import { addAbortSignal, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { problem } from '../base/problem.ts'
import { join } from './join.ts'
import type { Compression } from './media-types.ts'

const chunkSize = 128 * 1024

/** What the first bytes of a file say. Formats that images may not use have a name too, for the error. */
export function sniffCompression(head: Uint8Array): Compression | 'bzip2' | 'xz' {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte)
  if (starts(0x1f, 0x8b)) return 'gzip'
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2'
  return starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00) ? 'xz' : 'none'
}

export async function decompressed(source: Readable, what: string, o: { readonly signal: AbortSignal }): Promise<Readable> {
  const bytes: AsyncIterator<Buffer> = addAbortSignal(o.signal, source)[Symbol.asyncIterator]()
  const first = await bytes.next()
  const format = sniffCompression(first.done === true ? Buffer.alloc(0) : first.value)
  if (format === 'bzip2' || format === 'xz') {
    source.destroy()
    throw problem('COMPRESSION_UNKNOWN', { what, format })
  }
  const whole = Readable.from(replay(first, bytes), { objectMode: false })
  if (format === 'gzip') return join(whole, [createGunzip({ chunkSize })], o)
  return format === 'zstd' ? join(whole, [createZstdDecompress({ chunkSize })], o) : whole
}

async function* replay(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let step = first; step.done !== true; step = await rest.next()) yield step.value
  } finally {
    await rest.return?.()
  }
}

/** Plain bytes out of whatever a layer turns out to be: its magic bytes decide, not its label. */
import { addAbortSignal, Readable, Transform } from 'node:stream'
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
  if (format !== 'zstd') return whole
  const { before, after } = growthGuard(what)
  return join(whole, [before, createZstdDecompress({ chunkSize }), after], o)
}

/** gzip grows at most 1032-fold, which a sparse file may well do; zstd has no bound of its own. */
const mostGrowth = 10_000
const harmless = 2 ** 30

/** Two streams around one that unpacks: fails when what comes out is out of all proportion to what goes in. */
export function growthGuard(
  what: string,
  o: { readonly growth?: number; readonly least?: number } = {},
): { readonly before: Transform; readonly after: Transform } {
  let packed = 0
  let unpacked = 0
  const before = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      packed += chunk.length
      done(null, chunk)
    },
  })
  const after = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      unpacked += chunk.length
      const limit = Math.max(o.least ?? harmless, packed * (o.growth ?? mostGrowth))
      if (unpacked > limit) done(problem('UNPACKED_TOO_LARGE', { what, packed, limit }))
      else done(null, chunk)
    },
  })
  return { before, after }
}

async function* replay(first: IteratorResult<Buffer>, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let step = first; step.done !== true; step = await rest.next()) yield step.value
  } finally {
    await rest.return?.()
  }
}

/** Plain bytes of an archive in any compression that ADD unpacks. What grows out of all proportion is refused. */
import { addAbortSignal, Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { problem } from '../../base/problem.ts'
import { decompressed, growthGuard, sniffCompression } from '../../oci/decompress.ts'
import { join } from '../../oci/join.ts'
import type { Waiting } from '../tree/node.ts'

export async function unpackedBytes(source: Readable, head: Uint8Array, what: string, o: Waiting): Promise<Readable> {
  const format = sniffCompression(head)
  if (format !== 'xz' && format !== 'bzip2') return decompressed(source, what, o)
  const { before, after } = growthGuard(what)
  const packed = join(addAbortSignal(o.signal, source), [before], o)
  const plain = format === 'xz' ? await fromXz(packed, what, o) : await fromBzip2(packed, what)
  return join(plain, [after], o)
}

async function fromXz(packed: Readable, what: string, o: Waiting): Promise<Readable> {
  const { XzReadableStream } = await import('xz-decompress')
  const stream = new XzReadableStream(Readable.toWeb(packed) as ReadableStream<Uint8Array>)
  return Readable.from(chunks(Readable.fromWeb(stream as WebStream), what, o), { objectMode: false })
}

async function* chunks(stream: Readable, what: string, o: Waiting): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (cause) {
    o.signal.throwIfAborted()
    throw problem('ARCHIVE_UNPACKABLE', { what, format: 'xz', reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}

interface Unpacking {
  on(event: 'data', listener: (chunk: Buffer) => void): this
  on(event: 'error', listener: (error: Error) => void): this
  on(event: 'end', listener: () => void): this
  write(chunk: Uint8Array): boolean
  end(): void
}

/** The package unpacks what it has at once and cannot be slowed down: this much may wait to be read. */
const mostWaiting = 256 * 1024 * 1024

async function fromBzip2(packed: Readable, what: string): Promise<Readable> {
  const { default: unbzip2 } = (await import('unbzip2-stream')) as { readonly default: () => Unpacking }
  const unpacking = unbzip2()
  const failed = (cause: Error) => problem('ARCHIVE_UNPACKABLE', { what, format: 'bzip2', reason: cause.message }, { cause })
  const plain = new Readable({ read: () => void packed.resume(), destroy: (error, done) => done(error) })
  plain.once('close', () => packed.destroy())
  unpacking.on('data', (chunk: Buffer) => {
    // Thrown into the package's loop: nothing else ends it.
    if (plain.readableLength > mostWaiting || plain.destroyed) throw problem('UNPACKED_TOO_LARGE', { what, packed: packed.readableLength, limit: mostWaiting })
    if (!plain.push(chunk)) packed.pause()
  })
  unpacking.on('error', (error: Error) => plain.destroy('code' in error && error.code === 'UNPACKED_TOO_LARGE' ? error : failed(error)))
  unpacking.on('end', () => plain.push(null))
  packed.on('data', (chunk: Buffer) => void unpacking.write(chunk))
  packed.on('end', () => void unpacking.end())
  packed.on('error', (error) => plain.destroy(error))
  return plain
}

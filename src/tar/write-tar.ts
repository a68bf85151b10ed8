/** Entries in, a tar stream out. Deterministic: the same entries give the same bytes. */
import { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { paddingAfter, type TarEntry } from './entry.ts'
import { encodeHeader } from './header.ts'

export interface TarItem {
  readonly entry: TarEntry
  /** The content of a file: its bytes, or a function that opens them when their turn comes. Exactly `entry.size` bytes. */
  readonly body?: Uint8Array | ((o: { readonly signal: AbortSignal }) => Promise<Readable>)
}

export type TarItems = Iterable<TarItem> | AsyncIterable<TarItem>

/** Small pieces are gathered up to this size, so that an archive of many small files is not a flood of tiny chunks. */
const gather = 64 * 1024

export function writeTar(items: TarItems, o: { readonly signal: AbortSignal }): Readable {
  return Readable.from(gathered(tarPieces(items, o)), { objectMode: false, signal: o.signal })
}

async function* tarPieces(items: TarItems, o: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
  for await (const { entry, body } of items) {
    o.signal.throwIfAborted()
    yield encodeHeader(entry)
    if (entry.kind !== 'file') continue
    let size = 0
    for await (const chunk of body === undefined ? [] : body instanceof Uint8Array ? [body] : await body(o)) {
      size += (chunk as Uint8Array).length
      if (size > entry.size) throw changed(entry.path, entry.size, `${size} or more`)
      yield chunk as Uint8Array
    }
    if (size !== entry.size) throw changed(entry.path, entry.size, String(size))
    if (paddingAfter(size) > 0) yield Buffer.alloc(paddingAfter(size))
  }
  yield Buffer.alloc(1024)
}

function changed(path: string, expected: number, actual: string) {
  return problem('TAR_UNWRITABLE', { path, reason: `it was to have ${expected} bytes and gave ${actual}; did it change while it was read?` })
}

async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = []
  let size = 0
  for await (const piece of pieces) {
    waiting.push(piece)
    size += piece.length
    if (size < gather) continue
    yield waiting.length === 1 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat(waiting, size)
    waiting = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(waiting, size)
}

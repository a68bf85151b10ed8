/** A tar stream in, entries out: ustar, PAX, GNU and old archives, with sparse files expanded. */
import { problem } from '../base/problem.ts'
import type { ByteSource } from './byte-source.ts'
import { blockSize, paddingAfter, type TarEntry } from './entry.ts'
import { entryOf, type Overlay, storedSize } from './entry-of.ts'
import { decodePax } from './pax.ts'
import { isZeroBlock, type RawHeader, readHeader } from './read-header.ts'
import { bodyMap, expand, oldGnuMap, paxMap, type SparseMap } from './sparse.ts'

export interface TarRead {
  readonly entry: TarEntry
  /** Where the stored body starts in the archive, and how many bytes it has there: for readers that come back by offset. */
  readonly offset: number
  readonly stored: number
  readonly sparse?: SparseMap
  /** The file's content. Read it before the next entry is asked for, or leave it: what is left is skipped. */
  body(): AsyncIterable<Buffer>
}

/** Extension headers larger than this are an attack, not a name. */
const largestExtension = 1024 * 1024
/** They are copied for every entry; git writes one. */
const mostGlobals = 100
const mostExtensions = 100

export async function* readTar(source: ByteSource, o: { readonly signal: AbortSignal }): AsyncGenerator<TarRead> {
  const globals = new Map<string, Buffer>()
  for (;;) {
    o.signal.throwIfAborted()
    const found = await nextHeader(source, globals)
    if (found === undefined) return
    const { header, overlay } = found
    if (header.typeFlag === 'V') {
      await over(source, header.size + paddingAfter(header.size))
      continue
    }
    yield* oneEntry(source, header, overlay)
  }
}

async function* oneEntry(source: ByteSource, header: RawHeader, overlay: Overlay): AsyncGenerator<TarRead> {
  const where = source.position - blockSize
  const whole = storedSize(header, overlay)
  const start = source.position
  const { sparse, used } = await sparseOf(source, header, overlay)
  const mapBlocks = header.typeFlag === 'S' ? source.position - start : 0
  const entry = entryOf(header, overlay, { where, ...(sparse !== undefined && { size: sparse.size }) })
  const offset = source.position
  const end = start + mapBlocks + whole
  const stored = end - offset
  if (used > whole) throw problem('TAR_CORRUPT', { offset: where, reason: 'the sparse map is longer than the file' })
  yield {
    entry,
    offset,
    stored,
    ...(sparse !== undefined && { sparse }),
    body: () => (sparse === undefined ? storedBytes(source, end) : expand(storedBytes(source, end), sparse)),
  }
  await over(source, end + paddingAfter(whole) - source.position)
}

async function* storedBytes(source: ByteSource, end: number): AsyncGenerator<Buffer> {
  while (source.position < end) {
    const chunk = await source.some(end - source.position)
    if (chunk === undefined) throw cut(source)
    yield chunk
  }
}

async function sparseOf(source: ByteSource, header: RawHeader, overlay: Overlay): Promise<{ sparse?: SparseMap; used: number }> {
  if (header.typeFlag === 'S') return { sparse: await oldGnuMap(header.block, source), used: 0 }
  const size = Number(overlay.pax.get('GNU.sparse.realsize') ?? overlay.pax.get('GNU.sparse.size') ?? 0)
  if (overlay.pax.get('GNU.sparse.major')?.toString() === '1' && overlay.pax.get('GNU.sparse.minor')?.toString() === '0') {
    const { map, used } = await bodyMap(source, size)
    return { sparse: map, used }
  }
  const map = paxMap(overlay.records, size, source.position)
  return map === undefined ? { used: 0 } : { sparse: map, used: 0 }
}

/** Gathers extension headers up to the next real one. */
async function nextHeader(source: ByteSource, globals: Map<string, Buffer>): Promise<{ header: RawHeader; overlay: Overlay } | undefined> {
  let records: readonly (readonly [string, Buffer])[] = []
  const long: { name?: Buffer; link?: Buffer } = {}
  let headers = 0
  for (;;) {
    const offset = source.position
    if (++headers > mostExtensions) throw problem('TAR_CORRUPT', { offset, reason: `an entry has more than ${mostExtensions} extension headers` })
    const block = await source.exactly(blockSize)
    if (block.length === 0 || isZeroBlock(block)) {
      if (block.length === 0 || block.length === blockSize) return undefined
    }
    if (block.length < blockSize) throw cut(source)
    const header = readHeader(block, offset)
    if (header.typeFlag === 'x' || header.typeFlag === 'X') records = decodePax(await extension(source, header), offset + blockSize)
    else if (header.typeFlag === 'g') {
      layOver(globals, decodePax(await extension(source, header), offset + blockSize))
      if (globals.size > mostGlobals) throw problem('TAR_CORRUPT', { offset, reason: `it sets more than ${mostGlobals} values for all entries` })
    } else if (header.typeFlag === 'L') long.name = untilNul(await extension(source, header))
    else if (header.typeFlag === 'K') long.link = untilNul(await extension(source, header))
    else return { header, overlay: { pax: layOver(new Map(globals), records), records, ...long } }
  }
}

/** An empty value takes a record back. */
function layOver(below: Map<string, Buffer>, records: readonly (readonly [string, Buffer])[]): Map<string, Buffer> {
  for (const [key, value] of records) {
    if (value.length === 0 && !key.startsWith('SCHILY.xattr.')) below.delete(key)
    else below.set(key, value)
  }
  return below
}

async function extension(source: ByteSource, header: RawHeader): Promise<Buffer> {
  if (header.size > largestExtension) throw problem('TAR_CORRUPT', { offset: source.position, reason: `an extension header claims ${header.size} bytes` })
  const bytes = await source.exactly(header.size)
  if (bytes.length < header.size) throw cut(source)
  await over(source, paddingAfter(header.size))
  // A copy: it outlives the chunk that it is cut from.
  return Buffer.from(bytes)
}

function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

async function over(source: ByteSource, size: number): Promise<void> {
  if (size > 0 && (await source.skip(size)) < size) throw cut(source)
}

function cut(source: ByteSource) {
  return problem('TAR_CORRUPT', { offset: source.position, reason: 'the archive ends in the middle of an entry' })
}

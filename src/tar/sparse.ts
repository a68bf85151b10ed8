/** Sparse files: the four ways in which GNU and PAX archives write which parts of a file are data. Reading only; we never write them. */
import { problem } from '../base/problem.ts'
import type { ByteSource } from './byte-source.ts'
import { blockSize } from './entry.ts'
import { readNumber } from './numbers.ts'

export interface Region {
  readonly offset: number
  readonly size: number
}

/** Data regions in order; everything else up to `size` is zeros. */
export interface SparseMap {
  readonly size: number
  readonly regions: readonly Region[]
}

const mostRegions = 1_000_000

/** Old GNU format (type "S"): the map starts in the header and goes on in blocks after it. */
export async function oldGnuMap(header: Buffer, source: ByteSource): Promise<SparseMap> {
  const where = source.position - blockSize
  const size = readNumber(header, 483, 12, where)
  const regions = readCells(header, { offset: 386, cells: 4, where })
  let extended = header[482] === 1
  while (extended && regions.length < mostRegions) {
    const at = source.position
    const block = await source.exactly(blockSize)
    if (block.length < blockSize) throw problem('TAR_CORRUPT', { offset: at, reason: 'the sparse map is cut' })
    regions.push(...readCells(block, { offset: 0, cells: 21, where: at }))
    extended = block[504] === 1
  }
  return checked({ size, regions }, where)
}

function readCells(block: Buffer, o: { offset: number; cells: number; where: number }): Region[] {
  const regions: Region[] = []
  for (let i = 0; i < o.cells; i++) {
    const at = o.offset + 24 * i
    if (block[at] === 0) break
    regions.push({ offset: readNumber(block, at, 12, o.where), size: readNumber(block, at + 12, 12, o.where) })
  }
  return regions
}

/** PAX formats 0.0 and 0.1: the map stands in the records. Undefined when the records describe no such file. */
export function paxMap(records: readonly (readonly [string, Buffer])[], size: number, where: number): SparseMap | undefined {
  const last = new Map(records)
  if (!last.has('GNU.sparse.numblocks') && !last.has('GNU.sparse.map')) return undefined
  const numbers = last.has('GNU.sparse.map')
    ? (last.get('GNU.sparse.map')?.toString('latin1') ?? '').split(',').filter((text) => text !== '')
    : records.flatMap(([key, value]) => (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes' ? [value.toString('latin1')] : []))
  return checked({ size, regions: pairs(numbers, where) }, where)
}

/** PAX format 1.0: the map is decimal lines at the start of the body. Answers the map and how many body bytes it took. */
export async function bodyMap(source: ByteSource, size: number): Promise<{ readonly map: SparseMap; readonly used: number }> {
  const start = source.position
  let text = ''
  const lines = (): string[] => text.split('\n').slice(0, -1)
  const needed = () => (lines().length === 0 ? 1 : 1 + 2 * wholeNumber(lines()[0] ?? '', start))
  while (lines().length < needed()) {
    const block = await source.exactly(blockSize)
    if (block.length < blockSize || needed() > 2 * mostRegions) throw problem('TAR_CORRUPT', { offset: start, reason: 'the sparse map is cut' })
    text += block.toString('latin1')
  }
  return { map: checked({ size, regions: pairs(lines().slice(1, needed()), start) }, start), used: source.position - start }
}

function pairs(numbers: readonly string[], where: number): Region[] {
  if (numbers.length % 2 !== 0) throw problem('TAR_CORRUPT', { offset: where, reason: 'the sparse map is cut' })
  const regions: Region[] = []
  for (let i = 0; i < numbers.length; i += 2) regions.push({ offset: wholeNumber(numbers[i] ?? '', where), size: wholeNumber(numbers[i + 1] ?? '', where) })
  return regions
}

function wholeNumber(text: string, offset: number): number {
  const value = Number(text)
  if (!/^[0-9]+$/.test(text) || !Number.isSafeInteger(value))
    throw problem('TAR_CORRUPT', { offset, reason: `"${text.slice(0, 40)}" in a sparse map is not a number` })
  return value
}

function checked(map: SparseMap, where: number): SparseMap {
  let end = 0
  for (const { offset, size } of map.regions) {
    if (offset < end || !Number.isSafeInteger(offset + size) || offset + size > map.size) {
      throw problem('TAR_CORRUPT', { offset: where, reason: 'the parts of a sparse file overlap or pass its end' })
    }
    end = offset + size
  }
  return map
}

const zeros = Buffer.alloc(64 * 1024)

/** The whole file out of its stored parts. */
export async function* expand(stored: AsyncIterable<Buffer>, map: SparseMap): AsyncGenerator<Buffer> {
  const chunks = stored[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  let position = 0
  for (const region of [...map.regions, { offset: map.size, size: 0 }]) {
    for (; position < region.offset; position += Math.min(zeros.length, region.offset - position)) yield zeros.subarray(0, region.offset - position)
    for (let left = region.size; left > 0; ) {
      if (chunk.length === 0) {
        const step = await chunks.next()
        if (step.done === true) throw problem('TAR_CORRUPT', { offset: position, reason: 'a sparse file has too little data' })
        chunk = step.value
      }
      const piece = chunk.subarray(0, left)
      yield piece
      chunk = chunk.subarray(piece.length)
      left -= piece.length
      position += piece.length
    }
  }
}

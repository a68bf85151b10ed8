/**
 * The pinned compressor: one gzip member, made in pieces on all cores. Each piece knows the 32 KiB before it, so that almost nothing
 * is lost; runs of bytes that would not become smaller are stored. Equal input gives equal bytes on one zlib build, however it arrives.
 */
import { hash } from 'node:crypto'
import { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'
import { type Segment, segmentsOf, storedBlocks } from './incompressible.ts'
import { pieceSize } from './pieces.ts'

export interface Compressor {
  /** Part of cache keys: changes whenever the bytes would. */
  readonly name: string
  /** A fresh stream: plain bytes in, compressed bytes out. Several make a chain. `done` gets back chunks that nobody looks at any more. */
  streams(o?: StreamOptions): readonly Duplex[]
}

export interface StreamOptions {
  readonly done?: (chunk: Uint8Array) => void
  readonly memory?: PieceMemory
}

/** What pieces became before. It changes the time only, never the bytes. */
export interface PieceMemory {
  recall(key: string): Promise<Buffer | undefined>
  /** Told of each piece where its bytes are in what comes out. */
  note(key: string, from: number, bytes: Buffer): void
}

/** A smaller memLevel than the largest keeps blocks short, so that each fits what is in it. */
const settings = { memLevel: 8, finishFlush: constants.Z_SYNC_FLUSH } as const
/**
 * By what a sample shrinks to with level 1, the lowest level that loses little: in long repeats level 5 makes a fifth less than level 3; in what hardly
 * packs, level 1 makes half a percent more than level 4, in three quarters of the time.
 */
const levels: readonly { readonly below: number; readonly level: Level }[] = [
  { below: 0.15, level: 5 },
  { below: 0.4, level: 4 },
  { below: 0.65, level: 2 },
  { below: Number.POSITIVE_INFINITY, level: 1 },
]

type Level = 1 | 2 | 4 | 5

const sampleSize = 64 * 1024
const windowSize = 32 * 1024
/** More than Node's pool has threads, so that none waits for the next piece to be read. The bytes do not depend on it. */
const inFlight = 6
/** Room for what a piece becomes, by its sample and a little more: then it is made in one go, and the collector finds no more than is kept. */
const spare = 1.15

export const pinnedGzip: Compressor = {
  name: 'gzip-1-5-segments',
  streams: (o = {}) => [Duplex.from((source: AsyncIterable<Buffer>) => compress(source, o)) as Duplex],
}

const deflate = promisify<Buffer, object, Buffer>(deflateRaw)

/** Magic, deflate, no flags, mtime 0, no extra flags, operating system "unknown". */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty last block ends the deflate stream: the pieces themselves end open, on a byte border. */
const lastBlock = Buffer.from([0x03, 0x00])

interface Packed {
  readonly bytes: Buffer
  readonly key?: string
}

async function* compress(source: AsyncIterable<Buffer>, { done = () => undefined, memory }: StreamOptions): AsyncGenerator<Buffer> {
  yield header
  const running: Promise<Packed>[] = []
  let at = header.length
  const told = ({ bytes, key }: Packed): Buffer => {
    if (key !== undefined) memory?.note(key, at, bytes)
    at += bytes.length
    return bytes
  }
  let crc = 0
  let size = 0
  let before: Buffer | undefined
  for await (const piece of pieces(source)) {
    const packed = packPiece(piece, before, memory).finally(() => done(piece))
    // Whoever fails is awaited in its turn; until then nobody listens.
    packed.catch(() => undefined)
    running.push(packed)
    crc = crc32(piece, crc)
    size += piece.length
    before = Buffer.from(piece.subarray(-windowSize))
    if (running.length >= inFlight) yield told((await running.shift()) as Packed)
  }
  for (const rest of running) yield told(await rest)
  yield lastBlock
  yield trailer(crc, size)
}

async function packPiece(piece: Buffer, before: Buffer | undefined, memory: PieceMemory | undefined): Promise<Packed> {
  if (memory === undefined) return { bytes: await compressPiece(piece, before) }
  const key = `${hash('sha256', piece, 'base64')} ${before === undefined ? '' : hash('sha256', before, 'base64')}`
  return { bytes: (await memory.recall(key)) ?? (await compressPiece(piece, before)), key }
}

async function compressPiece(piece: Buffer, before: Buffer | undefined): Promise<Buffer> {
  const [segments, effort] = await Promise.all([segmentsOf(piece), effortFor(piece)])
  const packed = await Promise.all(segments.map((segment) => compressSegment(segment, effort, piece, before)))
  return packed.length === 1 && packed[0] !== undefined ? packed[0] : Buffer.concat(packed)
}

interface Effort {
  readonly level: Level
  /** What it may shrink to. */
  readonly share: number
}

async function effortFor(piece: Buffer): Promise<Effort> {
  if (piece.length < 2 * sampleSize) return { level: 5, share: 1 }
  const from = (piece.length - sampleSize) >> 1
  const sample = await deflate(piece.subarray(from, from + sampleSize), { level: 1, chunkSize: sampleSize })
  const share = sample.length / sampleSize
  return { level: levels.find(({ below }) => share < below)?.level ?? 1, share }
}

async function compressSegment({ from, to, noise }: Segment, { level, share }: Effort, piece: Buffer, before: Buffer | undefined): Promise<Buffer> {
  const bytes = piece.subarray(from, to)
  if (noise) return storedBlocks(bytes)
  const dictionary = windowAt(from, piece, before)
  return deflate(bytes, {
    ...settings,
    level,
    chunkSize: Math.ceil(bytes.length * Math.min(1, share * spare)) + 1024,
    ...(dictionary.length > 0 && { dictionary }),
  })
}

/** What a reader has just seen when it comes to this place. */
function windowAt(at: number, piece: Buffer, before: Buffer | undefined): Buffer {
  if (at >= windowSize || before === undefined) return piece.subarray(Math.max(0, at - windowSize), at)
  return at === 0 ? before : Buffer.concat([before.subarray(at - windowSize), piece.subarray(0, at)])
}

/** Always the same borders, however the bytes arrive. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let size = 0
  const gathered = (): Buffer => {
    const [only] = waiting
    const whole = waiting.length === 1 && only !== undefined ? only : Buffer.concat(waiting, size)
    waiting = []
    size = 0
    return whole
  }
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceSize - size)
      waiting.push(part)
      size += part.length
      at += part.length
      if (size === pieceSize) yield gathered()
    }
  }
  if (size > 0) yield gathered()
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(size % 2 ** 32, 4)
  return bytes
}

/**
 * The pinned compressor: one gzip member, made in pieces on all cores. Each piece knows the 32 KiB before it, so that almost nothing
 * is lost. Equal input gives equal bytes on every machine, however it arrives.
 */
import { Duplex } from 'node:stream'
import { crc32 } from 'node:zlib'
import { crew, presentCrew } from './deflate/crew.ts'
import { windowSize } from './deflate/deflater.ts'
import { type Hands, type Packed, type PieceHasher, thisThread } from './deflate/hands.ts'
import { type Digest, digestFromHex } from './digest.ts'
import { intoPieces, type Piece, type PiecePool, piecePool, pieceSize } from './pieces.ts'

export interface Compressor {
  /** Part of cache keys: changes whenever the bytes would. */
  readonly name: string
  /** A fresh stream: plain bytes in, compressed bytes out. Several make a chain. */
  streams(o?: StreamOptions): readonly Duplex[]
  /** The same without streams, for who reads and writes in pieces. */
  packed(source: AsyncIterable<Buffer>, o?: PackedOptions): AsyncIterable<Buffer>
}

export interface StreamOptions {
  /** Gets back chunks that nobody looks at any more. */
  readonly done?: (chunk: Uint8Array) => void
  readonly memory?: PieceMemory
  /** Told the digest of what came in, before the end of what comes out. */
  readonly onPlain?: (digest: Digest) => void
}

export interface PackedOptions extends StreamOptions {
  /** Of `packedSize`, for what comes out, which is good until the next is asked for then. */
  readonly room?: PiecePool
}

/** What pieces became before. It changes the time only, never the bytes. */
export interface PieceMemory {
  /** Whether there is anything to recall. */
  readonly knows: boolean
  recall(key: string): Promise<Buffer | undefined>
  /** Told of each piece where its bytes are in what comes out. */
  note(key: string, from: number, bytes: Buffer): void
}

/** More than there are threads, so that none waits for the next piece to be read. The bytes do not depend on it. */
const inFlight = 6
/** So many pieces are packed here sooner than threads are there to do it. */
const few = 3

export const pinnedGzip: Compressor = {
  name: 'gzip-own-2',
  streams: (o = {}) => [Duplex.from((source: AsyncIterable<Buffer>) => compress(source, o)) as Duplex],
  packed: (source, o = {}) => compress(source, o),
}

/** The threads that will compress so many bytes begin now, and are there when the first piece comes. */
export function wakeThreads(bytes: number): void {
  if (bytes > few * pieceSize) crew()
}

/** Magic, deflate, no flags, mtime 0, no extra flags, operating system "unknown". */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty last block ends the deflate stream: the pieces themselves end open, on a byte border. */
const lastBlock = Buffer.from([0x03, 0x00])

interface Held {
  readonly piece: Piece
  readonly before: Buffer | undefined
}

interface Work extends Held {
  readonly into: Piece | undefined
}

async function* compress(source: AsyncIterable<Buffer>, { done = () => undefined, memory, onPlain, room }: PackedOptions): AsyncGenerator<Buffer> {
  yield header
  const copies = piecePool()
  const held: Held[] = []
  const running: Promise<Packed>[] = []
  let at = header.length
  let crc = 0
  let size = 0
  let before: Buffer | undefined
  let packing = presentCrew()
  let sum = onPlain === undefined ? undefined : packing?.hasher()
  const out = function* ({ bytes, key }: Packed): Generator<Buffer> {
    if (key !== undefined) memory?.note(key, at, bytes)
    at += bytes.length
    yield bytes
    room?.give(bytes)
  }
  const begin = (hands: Hands, { piece, before: window }: Held): void => {
    if (onPlain !== undefined) sum ??= hands.hasher()
    const packed = packHashed(hands, { piece, before: window, into: room?.take() }, memory, sum).finally(() => {
      done(piece)
      copies.give(piece)
    })
    // Whoever fails is awaited in its turn; until then nobody listens.
    packed.catch(() => undefined)
    running.push(packed)
  }
  for await (const piece of intoPieces(source, copies)) {
    crc = crc32(piece, crc)
    size += piece.length
    held.push({ piece, before })
    before = Buffer.from(piece.subarray(-windowSize))
    if (held.length > few) packing ??= crew()
    if (packing === undefined) continue
    for (const work of held.splice(0)) begin(packing, work)
    if (running.length >= inFlight) yield* out((await running.shift()) as Packed)
  }
  for (const work of held) {
    begin(thisThread, work)
    yield* out((await running.shift()) as Packed)
  }
  for (const rest of running) yield* out(await rest)
  if (onPlain !== undefined) onPlain(digestFromHex('sha256', await (sum ?? thisThread.hasher()).digest()))
  yield lastBlock
  yield trailer(crc, size)
}

/** Both look at the piece, which is free when both have. */
async function packHashed(hands: Hands, work: Work, memory: PieceMemory | undefined, sum: PieceHasher | undefined): Promise<Packed> {
  const [packed] = await Promise.all([packOne(hands, work, memory), sum?.update(work.piece)])
  return packed
}

async function packOne(hands: Hands, { piece, before, into }: Work, memory: PieceMemory | undefined): Promise<Packed> {
  const room = into === undefined ? {} : { into }
  if (memory?.knows !== true) return hands.pack(piece, before, { key: memory !== undefined, ...room })
  const key = await hands.key(piece, before)
  return { bytes: (await memory.recall(key)) ?? (await hands.pack(piece, before, { key: false, ...room })).bytes, key }
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(size % 2 ** 32, 4)
  return bytes
}

/** One gzip member, compressed in pieces on all cores: each piece knows the 32 KiB before it, so that almost nothing is lost. */
import { Duplex } from 'node:stream'
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'
import type { Compressor } from '../../oci/compress.ts'

const pieceSize = 1024 * 1024
const windowSize = 32 * 1024
/** One thread of the pool stays free for files. The bytes do not depend on it. */
const inFlight = 3

const deflate = promisify<Buffer, object, Buffer>(deflateRaw)

export const pieceGzip: Compressor = {
  name: 'gzip-5-pieces-1m',
  streams: () => [Duplex.from((source: AsyncIterable<Buffer>) => compress(source)) as Duplex],
}

/** Magic, deflate, no flags, mtime 0, no extra flags, operating system "unknown". */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty last block ends the deflate stream: the pieces themselves end open, on a byte border. */
const lastBlock = Buffer.from([0x03, 0x00])

async function* compress(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield header
  const running: Promise<Buffer>[] = []
  let crc = 0
  let size = 0
  let before: Buffer | undefined
  for await (const piece of pieces(source)) {
    crc = crc32(piece, crc)
    size += piece.length
    running.push(compressPiece(piece, before))
    before = piece.subarray(-windowSize)
    if (running.length >= inFlight) yield (await running.shift()) as Buffer
  }
  for (const rest of running) yield await rest
  yield lastBlock
  yield trailer(crc, size)
}

function compressPiece(piece: Buffer, before: Buffer | undefined): Promise<Buffer> {
  return deflate(piece, { level: 5, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH, ...(before !== undefined && { dictionary: before }) })
}

/** Always the same borders, however the bytes arrive. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let size = 0
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + pieceSize - size)
      waiting.push(part)
      size += part.length
      at += part.length
      if (size < pieceSize) continue
      yield Buffer.concat(waiting, size)
      waiting = []
      size = 0
    }
  }
  if (size > 0) yield Buffer.concat(waiting, size)
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(crc, 0)
  bytes.writeUInt32LE(size % 2 ** 32, 4)
  return bytes
}

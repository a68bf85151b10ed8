/** Layers that must be compressed are compressed once, into nameless files, and read from there by every receiver. Gone with the archive. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { isProblem, problem } from '../base/problem.ts'
import { pinnedGzip, wakeThreads } from '../oci/compress.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { type Digest, digestFromHex, shortDigest } from '../oci/digest.ts'
import { type ImageFormat, layerTypes } from '../oci/media-types.ts'
import { once } from '../oci/once.ts'
import { laggingPool, type PiecePool, packedSize, piecePool } from '../oci/pieces.ts'
import type { Layer, Waiting } from '../oci/views.ts'
import type { ContentStore } from './content-store.ts'
import { fileRange } from './file-range.ts'
import { writeAll } from './file-sink.ts'

export interface Spool {
  /** The layer, whose blob is made when somebody asks for it, once. */
  layer(plain: PlainLayer): Layer
  /** Stops what is still being compressed. Readers must have ended. */
  close(): Promise<void>
}

export interface PlainLayer {
  readonly diffId: Digest
  readonly format: ImageFormat
  /** Of the tar stream. */
  readonly size: number
  /** The tar stream, unverified, in pieces that go back to `pool`. */
  pieces(pool: PiecePool): AsyncIterable<Buffer>
  /** The tar stream, verified. */
  uncompressed(o: Waiting): Promise<Readable>
}

/** One keeps all cores busy, and is on its way to the registries while the next is compressed. */
const atOnce = 1

/** A stream and a socket hold one each of the chunks that are no smaller than what a socket takes at once. */
const stillLookedAt = 4
const smallChunk = 128 * 1024

/** `signal` bounds the passes that compress. */
export function openSpool(store: ContentStore, o: Waiting): Spool {
  const files: FileHandle[] = []
  const running = new Set<Promise<unknown>>()
  const stop = new AbortController()
  const signal = AbortSignal.any([o.signal, stop.signal])
  const turn = turns(atOnce)
  const [pool, room] = [piecePool(), piecePool(packedSize)]
  const spooled = async (plain: PlainLayer): Promise<Spooled> => {
    const file = await store.scratch()
    files.push(file)
    const making = packing(plain, { signal, pool, room })
    let size = 0
    for await (const chunk of making.bytes) {
      await writeAll(file, chunk, size)
      size += chunk.length
    }
    return { descriptor: making.descriptor(), file }
  }
  return {
    layer: (plain) => {
      wakeThreads(plain.size)
      const inFile = once(() => {
        const work = turn().then((leave) => spooled(plain).finally(leave))
        running.add(work)
        return work
      })
      /** How it is, once somebody got it. Nothing of it was kept. */
      let passed: Promise<Descriptor> | undefined
      const passing = async function* (): AsyncGenerator<Buffer> {
        const leave = await turn()
        const making = packing(plain, { signal, pool, room: laggingPool(room, stillLookedAt) })
        try {
          for await (const chunk of making.bytes) yield chunk.length < smallChunk ? Buffer.from(chunk) : chunk
          passed = Promise.resolve(making.descriptor())
        } catch (error) {
          if (isProblem(error, 'DIGEST_MISMATCH')) {
            // It would be the same again, after as long a time.
            passed = Promise.reject(error)
            passed.catch(() => undefined)
          }
          throw error
        } finally {
          leave()
        }
      }
      let asked = false
      return {
        diffId: async () => plain.diffId,
        uncompressed: (w) => plain.uncompressed(w),
        descriptor: () => {
          asked = true
          return passed ?? inFile().then(({ descriptor }) => descriptor)
        },
        // Not verified again: nobody else can reach a file without a name.
        compressed: async (w): Promise<Readable> => {
          asked = true
          const { descriptor, file } = await inFile()
          return fileRange(file, { offset: 0, size: descriptor.size }, w)
        },
        unnamed: () => {
          if (asked) return undefined
          asked = true
          return passing()
        },
      }
    },
    close: async () => {
      stop.abort()
      await Promise.allSettled(running)
      await Promise.all(files.splice(0).map((file) => file.close()))
    },
  }
}

interface Spooled {
  readonly descriptor: Descriptor
  readonly file: FileHandle
}

interface PackingOptions extends Waiting {
  readonly pool: PiecePool
  readonly room?: PiecePool
}

interface Packing {
  readonly bytes: AsyncIterable<Buffer>
  /** Asked for once, when the bytes have ended. */
  descriptor(): Descriptor
}

function packing(plain: PlainLayer, { signal, pool, ...o }: PackingOptions): Packing {
  const hash = createHash('sha256')
  let size = 0
  const bytes = async function* (): AsyncGenerator<Buffer> {
    signal.throwIfAborted()
    const packed = pinnedGzip.packed(plain.pieces(pool), { ...o, done: pool.give, onPlain: (found) => expect(plain.diffId, found) })
    for await (const chunk of packed) {
      signal.throwIfAborted()
      hash.update(chunk)
      size += chunk.length
      yield chunk
    }
  }
  return { bytes: bytes(), descriptor: () => ({ mediaType: layerTypes[plain.format].gzip, digest: digestFromHex('sha256', hash.digest('hex')), size }) }
}

function expect(expected: Digest, actual: Digest): void {
  if (actual !== expected) throw problem('DIGEST_MISMATCH', { what: `layer ${shortDigest(expected)}`, expected, actual }, { retryable: true })
}

/** Lets so many work at once; the others wait in the order in which they came. Whoever is let in says when they leave. */
function turns(most: number): () => Promise<() => void> {
  const waiting: (() => void)[] = []
  let free = most
  const leave = (): void => {
    const next = waiting.shift()
    if (next === undefined) free++
    else next()
  }
  return async () => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    return leave
  }
}

/** One blob on its way into a content store: bytes are appended, hashed in passing, and become visible only by `commit`. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../base/problem.ts'
import type { Expected } from '../oci/byte-meter.ts'
import { type Digest, digestFromHex } from '../oci/digest.ts'
import { type Durability, syncFolder } from './atomic-file.ts'
import { fileSink } from './file-sink.ts'

export interface StoredBlob {
  readonly digest: Digest
  readonly size: number
}

/** Not for use by several callers at once. Ends with `commit` or `abort`; after either the file handle is closed. */
export interface Ingest {
  readonly id: string
  /** Bytes so far. When `append` fails, those that arrived before count. */
  size(): number
  append(source: Readable, o: { readonly signal: AbortSignal }): Promise<void>
  /** Throws DIGEST_MISMATCH or SIZE_MISMATCH, and keeps nothing then. */
  commit(expected?: Expected): Promise<StoredBlob>
  abort(): Promise<void>
}

export interface IngestPlace {
  /** Same file system as the blobs. */
  readonly folder: string
  blobPath(digest: Digest): string
  readonly durability: Durability
}

export async function startIngest(place: IngestPlace): Promise<Ingest> {
  await mkdir(place.folder, { recursive: true })
  const id = randomUUID()
  const path = join(place.folder, id)
  const file = await open(path, 'wx')
  const hash = createHash('sha256')
  let size = 0
  const abort = async () => {
    await file.close()
    await rm(path, { force: true })
  }
  const onWritten = (chunk: Buffer) => {
    hash.update(chunk)
    size += chunk.length
  }
  return {
    id,
    size: () => size,
    append: (source, o) => pipeline(source, fileSink(file, { start: size, onWritten }), { signal: o.signal }),
    abort,
    commit: async (expected) => {
      try {
        const digest = digestFromHex('sha256', hash.digest('hex'))
        const named = await checked({ digest, size }, expected, path)
        await moveIn(file, path, place, named)
        return { digest: named, size }
      } catch (error) {
        await abort()
        throw error
      }
    },
  }
}

/** The digest under which the blob is kept: the expected one, whose algorithm may need a second reading. */
export async function checked(actual: StoredBlob, expected: Expected | undefined, path: string): Promise<Digest> {
  if (expected === undefined) return actual.digest
  const what = 'content'
  if (expected.size !== undefined && expected.size !== actual.size) throw problem('SIZE_MISMATCH', { what, expected: expected.size, actual: actual.size })
  const digest = expected.digest.startsWith('sha512:') ? await sha512Of(path) : actual.digest
  if (digest !== expected.digest) throw problem('DIGEST_MISMATCH', { what, expected: expected.digest, actual: digest })
  return digest
}

async function sha512Of(path: string): Promise<Digest> {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return digestFromHex('sha512', hash.digest('hex'))
}

/** Closes the file. */
export async function moveIn(file: FileHandle, path: string, place: IngestPlace, digest: Digest): Promise<void> {
  const final = place.blobPath(digest)
  if (place.durability === 'safe') await file.sync()
  await file.close()
  await mkdir(dirname(final), { recursive: true })
  await rename(path, final)
  if (place.durability === 'safe') await syncFolder(dirname(final))
}

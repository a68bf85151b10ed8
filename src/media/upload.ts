/** A blob that arrives in pieces, perhaps over hours: a file by its id, open only while bytes come in, so that it outlives this process. */
import { createHash, type Hash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Expected } from '../oci/byte-meter.ts'
import { digestFromHex } from '../oci/digest.ts'
import { ifPresent } from './file-errors.ts'
import { fileSink } from './file-sink.ts'
import { checked, type IngestPlace, moveIn, type StoredBlob } from './ingest.ts'

/** Not for use by several callers at once. Ends with `commit` or `abort`, or is left alone: then it can be resumed until it is swept. */
export interface Upload {
  readonly id: string
  /** Bytes so far. When `append` fails, those that arrived before count. */
  size(): number
  /** What the file has: undefined when it was swept away, something else than `size` when another process went on with it. */
  sizeOnDisk(): Promise<number | undefined>
  append(source: Readable, o: { readonly signal: AbortSignal }): Promise<void>
  /** Throws DIGEST_MISMATCH or SIZE_MISMATCH, and keeps nothing then. */
  commit(expected: Expected): Promise<StoredBlob>
  abort(): Promise<void>
}

export async function startUpload(place: IngestPlace): Promise<Upload> {
  await mkdir(place.folder, { recursive: true })
  const id = randomUUID()
  await (await open(join(place.folder, id), 'wx')).close()
  return upload(place, id, { hash: createHash('sha256'), size: 0 })
}

const ids = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What is there is read once: nothing else remembers its hash. */
export async function openUpload(place: IngestPlace, id: string): Promise<Upload | undefined> {
  const path = join(place.folder, id)
  if (!ids.test(id) || (await ifPresent(stat(path))) === undefined) return undefined
  const [hash, read] = [createHash('sha256'), { size: 0 }]
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer)
    read.size += (chunk as Buffer).length
  }
  return upload(place, id, { hash, size: read.size })
}

function upload(place: IngestPlace, id: string, so: { readonly hash: Hash; size: number }): Upload {
  const path = join(place.folder, id)
  const abort = () => rm(path, { force: true })
  const onWritten = (chunk: Buffer): void => {
    so.hash.update(chunk)
    so.size += chunk.length
  }
  return {
    id,
    size: () => so.size,
    sizeOnDisk: async () => (await ifPresent(stat(path)))?.size,
    append: async (source, o) => {
      const file = await open(path, 'r+')
      try {
        await pipeline(source, fileSink(file, { start: so.size, onWritten }), { signal: o.signal })
      } finally {
        await file.close()
      }
    },
    commit: async (expected) => {
      const file = await open(path, 'r+')
      try {
        // A write that failed half-way may have left more than what counts.
        await file.truncate(so.size)
        const size = so.size
        const digest = await checked({ digest: digestFromHex('sha256', so.hash.digest('hex')), size }, expected, path)
        await moveIn(file, path, place, digest)
        return { digest, size }
      } catch (error) {
        await file.close()
        await abort()
        throw error
      }
    },
    abort,
  }
}

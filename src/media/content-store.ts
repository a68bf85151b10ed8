/** Blobs in a folder, each named by its digest: DIR/blobs/<algorithm>/<hex>, the same shape as an OCI layout. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open as openFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import type { Expected } from '../oci/byte-meter.ts'
import { algorithmOf, type Digest, digestFromHex, hexOf, isDigest } from '../oci/digest.ts'
import { type Durability, temporaryMark } from './atomic-file.ts'
import { ifPresent } from './file-errors.ts'
import { type Ingest, type StoredBlob, startIngest } from './ingest.ts'

export interface PutOptions {
  readonly signal: AbortSignal
  /** Without it the content is taken as it comes, and named by its sha256. */
  readonly expected?: Expected
}

export interface OpenBlobOptions {
  readonly signal: AbortSignal
  /** First byte, from 0. */
  readonly start?: number
  /** Last byte, inclusive. */
  readonly end?: number
}

export interface ListedBlob extends StoredBlob {
  readonly modifiedMs: number
}

/**
 * Safe for any number of callers and processes at once. A blob is visible only when it is whole, verified and (unless `fast`) on disk.
 * Nothing here reads blobs again: who reads verifies, as Layer views do.
 */
export interface ContentStore {
  readonly dir: string
  /** Stores the content; a source whose content is here already is destroyed unread. */
  put(source: Readable | Uint8Array, o: PutOptions): Promise<StoredBlob>
  /** For content that arrives in pieces. */
  ingest(): Promise<Ingest>
  /** An empty file without a name, for what is needed now and never again: it is gone when it is closed. */
  scratch(): Promise<FileHandle>
  /** Throws BLOB_NOT_FOUND. */
  open(digest: Digest, o: OpenBlobOptions): Promise<Readable>
  /** Something small, whole. Throws BLOB_NOT_FOUND. */
  read(digest: Digest, o: { readonly limit: number }): Promise<Buffer>
  size(digest: Digest): Promise<number | undefined>
  has(digest: Digest): Promise<boolean>
  list(): AsyncIterable<ListedBlob>
  /** Answers whether it was there. Open readers go on. */
  remove(digest: Digest): Promise<boolean>
  /** Removes what a crash left of ingests started before `beforeMs`; answers how many. */
  sweep(o: { readonly beforeMs: number }): Promise<number>
  blobPath(digest: Digest): string
}

export function contentStore(dir: string, o: { readonly durability?: Durability } = {}): ContentStore {
  const blobPath = (digest: Digest) => join(dir, 'blobs', algorithmOf(digest), hexOf(digest))
  const ingestFolder = join(dir, 'ingest')
  const ingest = () => startIngest({ folder: ingestFolder, blobPath, durability: o.durability ?? 'safe' })
  const size = async (digest: Digest) => (await ifPresent(stat(blobPath(digest))))?.size
  return {
    dir,
    blobPath,
    ingest,
    scratch: () => scratch(ingestFolder),
    size,
    has: async (digest) => (await size(digest)) !== undefined,
    put: (source, options) => put(source, options, { ingest, size }),
    open: async (digest, options) => {
      const file = await opened(blobPath(digest), digest)
      return file.createReadStream({ ...range(options), highWaterMark: 256 * 1024, signal: options.signal })
    },
    read: async (digest, { limit }) => {
      const file = await opened(blobPath(digest), digest)
      try {
        const length = (await file.stat()).size
        if (length > limit) throw problem('SIZE_MISMATCH', { what: digest, expected: `at most ${limit}`, actual: length })
        return await file.readFile()
      } finally {
        await file.close()
      }
    },
    list: () => list(dir),
    remove: async (digest) => (await ifPresent(rm(blobPath(digest)).then(() => true))) ?? false,
    sweep: ({ beforeMs }) => sweep(ingestFolder, beforeMs),
  }
}

async function scratch(folder: string): Promise<FileHandle> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, randomUUID())
  const file = await openFile(path, 'wx+', 0o600)
  await rm(path)
  return file
}

function range(o: OpenBlobOptions): { start?: number; end?: number } {
  return { ...(o.start !== undefined && { start: o.start }), ...(o.end !== undefined && { end: o.end }) }
}

async function opened(path: string, digest: Digest) {
  const file = await ifPresent(openFile(path, 'r'))
  if (file === undefined) throw problem('BLOB_NOT_FOUND', { digest })
  return file
}

async function put(
  source: Readable | Uint8Array,
  o: PutOptions,
  store: { ingest(): Promise<Ingest>; size(digest: Digest): Promise<number | undefined> },
): Promise<StoredBlob> {
  const stream = source instanceof Uint8Array ? Readable.from([source], { objectMode: false }) : source
  const present = o.expected === undefined ? undefined : await store.size(o.expected.digest)
  if (o.expected !== undefined && present !== undefined) {
    stream.destroy()
    return { digest: o.expected.digest, size: present }
  }
  const ingest = await store.ingest()
  try {
    await ingest.append(stream, o)
  } catch (error) {
    await ingest.abort()
    throw error
  }
  return ingest.commit(o.expected)
}

async function* list(dir: string): AsyncGenerator<ListedBlob> {
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const names = (await ifPresent(readdir(join(dir, 'blobs', algorithm)))) ?? []
    for (const name of names.sort()) {
      if (name.startsWith(temporaryMark) || !isDigest(`${algorithm}:${name}`)) continue
      const facts = await ifPresent(stat(join(dir, 'blobs', algorithm, name)))
      if (facts !== undefined) yield { digest: digestFromHex(algorithm, name), size: facts.size, modifiedMs: facts.mtimeMs }
    }
  }
}

async function sweep(folder: string, beforeMs: number): Promise<number> {
  let removed = 0
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const facts = await ifPresent(stat(join(folder, name)))
    if (facts === undefined || facts.mtimeMs >= beforeMs) continue
    await rm(join(folder, name), { force: true })
    removed++
  }
  return removed
}

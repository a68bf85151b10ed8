/** Blobs in a folder, each named by its digest: DIR/blobs/<algorithm>/<hex>, the same shape as an OCI layout. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open as openFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import type { Expected } from '../oci/byte-meter.ts'
import { algorithmOf, type Digest, digestFromHex, hexOf, isDigest } from '../oci/digest.ts'
import { type Durability, temporaryMark } from './atomic-file.ts'
import { ifPresent } from './file-errors.ts'
import { fileTime } from './file-time.ts'
import { type Ingest, type StoredBlob, startIngest } from './ingest.ts'
import { openUpload, startUpload, type Upload } from './upload.ts'

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
  /** For content that arrives in pieces over hours, also across a restart. */
  startUpload(): Promise<Upload>
  /** Undefined when there is none of that id (any more). */
  resumeUpload(id: string): Promise<Upload | undefined>
  hasUpload(id: string): Promise<boolean>
  /** An empty file without a name, for what is needed now and never again: it is gone when it is closed. */
  scratch(): Promise<FileHandle>
  /** Throws BLOB_NOT_FOUND. */
  open(digest: Digest, o: OpenBlobOptions): Promise<Readable>
  /** Something small, whole. Throws BLOB_NOT_FOUND. */
  read(digest: Digest, o: { readonly limit: number }): Promise<Buffer>
  size(digest: Digest): Promise<number | undefined>
  has(digest: Digest): Promise<boolean>
  /** As `has`, and makes the blob new: whoever is about to name something that is here already keeps it from being pruned. */
  reuse(digest: Digest): Promise<boolean>
  /** Whether it was written or reused since. False when it is not here. */
  changedSince(digest: Digest, ms: number): Promise<boolean>
  list(): AsyncIterable<ListedBlob>
  /** Answers whether it was there. Open readers go on. */
  remove(digest: Digest): Promise<boolean>
  /** Removes a blob that nobody wrote or reused since `beforeMs`, also when somebody does so at this very moment; answers whether it did. */
  removeOld(digest: Digest, o: { readonly beforeMs: number }): Promise<boolean>
  /** Removes what a crash left of ingests started before `beforeMs`; answers how many. */
  sweep(o: { readonly beforeMs: number }): Promise<number>
  blobPath(digest: Digest): string
}

export function contentStore(dir: string, o: { readonly durability?: Durability } = {}): ContentStore {
  const blobPath = (digest: Digest) => join(dir, 'blobs', algorithmOf(digest), hexOf(digest))
  const ingestFolder = join(dir, 'ingest')
  const place = { folder: ingestFolder, blobPath, durability: o.durability ?? 'safe' }
  const ingest = () => startIngest(place)
  const now = fileTime(() => scratch(ingestFolder))
  const size = async (digest: Digest) => (await ifPresent(stat(blobPath(digest))))?.size
  return {
    dir,
    blobPath,
    ingest,
    startUpload: () => startUpload(place),
    hasUpload: async (id) => (await ifPresent(stat(join(ingestFolder, id)))) !== undefined,
    resumeUpload: (id) => openUpload(place, id),
    scratch: () => scratch(ingestFolder),
    size,
    has: async (digest) => (await size(digest)) !== undefined,
    reuse: (digest) => touched(blobPath(digest), now),
    put: (source, options) => put(source, options, { ingest, size: async (digest) => ((await touched(blobPath(digest), now)) ? size(digest) : undefined) }),
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
    changedSince: async (digest, ms) => ((await ifPresent(stat(blobPath(digest))))?.mtimeMs ?? Number.NEGATIVE_INFINITY) >= ms,
    list: () => list(dir),
    remove: async (digest) => (await ifPresent(rm(blobPath(digest)).then(() => true))) ?? false,
    removeOld: (digest, { beforeMs }) => removeOld(blobPath(digest), { aside: ingestFolder, beforeMs }),
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

/** False when there is no such file. The time is the file system's own: that of a file made just now. */
async function touched(path: string, now: () => Promise<Date>): Promise<boolean> {
  const time = await now()
  return (await ifPresent(utimes(path, time, time).then(() => true))) ?? false
}

/** Out of sight first, then a second look: whoever reused it before is seen now, whoever comes after does not find it and writes it anew. */
async function removeOld(path: string, o: { readonly aside: string; readonly beforeMs: number }): Promise<boolean> {
  const before = await ifPresent(stat(path))
  if (before === undefined || before.mtimeMs >= o.beforeMs) return false
  await mkdir(o.aside, { recursive: true })
  const aside = join(o.aside, randomUUID())
  if ((await ifPresent(rename(path, aside).then(() => true))) === undefined) return false
  if ((await stat(aside)).mtimeMs >= o.beforeMs) {
    await rename(aside, path)
    return false
  }
  await rm(aside, { force: true })
  return true
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

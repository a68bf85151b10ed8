/** Saved files in a folder of this machine: one file for each key, whole when it has its name. */
import { createHash } from 'node:crypto'
import { type FileHandle, link, mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Clock } from '../../../base/clock.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { FetchedFiles, SavedFiles, StepCache, Transfer } from '../../../ports/step-cache.ts'
import { collectSaved, type FolderLimits, usualFolderLimits } from './collect.ts'
import { type EntryHeader, entryName, headerBytes, headerSize, openEntry, readHeader, suffix, temporaryName } from './entry-file.ts'

export interface FolderCacheOptions {
  readonly dir: string
  readonly clock: Clock
  readonly limits?: FolderLimits
}

export function folderCache(o: FolderCacheOptions): StepCache {
  return {
    name: 'this machine',
    find: (key, { match, signal }) =>
      guarded('read', o.dir, signal, async () => (match === 'exact' ? found(await headerOf(join(o.dir, entryName(key))), key) : byPrefix(key, o.dir))),
    fetch: (saved, w) => guarded('read', o.dir, w.signal, () => fetchEntry(saved, w, o)),
    async save(key, content, { override, signal, progress }) {
      const path = join(o.dir, entryName(key))
      const before = await guarded('read', o.dir, signal, () => headerOf(path))
      if (before !== undefined && !override) return { kind: 'kept', bytes: before.bytes }
      await guarded('written', o.dir, signal, async () => void (await mkdir(o.dir, { recursive: true, mode: 0o700 })))
      const temporary = join(o.dir, temporaryName())
      try {
        const bytes = await guarded('written', o.dir, signal, () => write(temporary, key, content, { signal, ...(progress && { progress }) }, o.clock))
        const kept = override ? undefined : await settled(temporary, path)
        if (kept !== undefined) return { kind: 'kept', bytes: kept.bytes }
        await guarded('written', o.dir, signal, () => rename(temporary, path))
        await collectSaved(o.dir, { limits: o.limits ?? usualFolderLimits, nowMs: o.clock.now(), spare: entryName(key), signal })
        return { kind: 'saved', bytes }
      } finally {
        await rm(temporary, { force: true })
      }
    },
  }
}

/** A link fails where another save was first; then its file counts. */
async function settled(temporary: string, path: string): Promise<EntryHeader | undefined> {
  const error = await link(temporary, path).catch((caught: NodeJS.ErrnoException) => caught)
  if (error === undefined || error.code !== 'EEXIST') return undefined
  return headerOf(path)
}

async function write(path: string, key: string, content: Parameters<StepCache['save']>[1], w: Transfer, clock: Clock): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  try {
    let bytes = 0
    const sum = createHash('sha256')
    for await (const chunk of content()) {
      w.signal.throwIfAborted()
      let at = 0
      const piece = chunk as Buffer
      sum.update(piece)
      while (at < piece.length) at += (await file.write(piece, at, piece.length - at, headerSize + bytes + at)).bytesWritten
      bytes += piece.length
      w.progress?.(bytes)
    }
    const now = clock.now()
    await file.write(headerBytes({ key, savedMs: now, bytes, sha256: sum.digest('hex') }), 0, headerSize, 0)
    await file.utimes(now / 1000, now / 1000)
    return bytes
  } finally {
    await file.close()
  }
}

function found(header: EntryHeader | undefined, key: string): readonly SavedFiles[] {
  return header === undefined || header.key !== key ? [] : [savedOf(header)]
}

async function byPrefix(prefix: string, dir: string): Promise<readonly SavedFiles[]> {
  const names = await readdir(dir).catch(() => [])
  const headers = await Promise.all(names.filter((name) => name.endsWith(suffix)).map((name) => headerOf(join(dir, name))))
  return headers
    .flatMap((header) => (header?.key.startsWith(prefix) === true ? [savedOf(header)] : []))
    .sort((a, b) => a.savedMs - b.savedMs || (a.key < b.key ? -1 : 1))
}

function savedOf({ key, bytes, savedMs }: EntryHeader): SavedFiles {
  return { key, bytes, savedMs, version: String(savedMs) }
}

async function headerOf(path: string): Promise<EntryHeader | undefined> {
  const file = await openEntry(path)
  try {
    return file === undefined ? undefined : await readHeader(file)
  } finally {
    await file?.close()
  }
}

/** The open file stays what it was when another takes its name. */
async function fetchEntry(saved: SavedFiles, w: Transfer, o: FolderCacheOptions): Promise<FetchedFiles> {
  const path = join(o.dir, entryName(saved.key))
  const damaged = (reason: string) => problem('STEP_CACHE_DAMAGED', { key: saved.key, store: 'this machine', reason })
  const file = await openEntry(path)
  if (file === undefined) throw damaged('it was there a moment ago and is gone')
  try {
    const header = await readHeader(file)
    if (header === undefined || (await sumOf(file, w)) !== header.sha256) throw damaged('it is not what was written')
    const now = o.clock.now() / 1000
    await utimes(path, now, now).catch(() => undefined)
    w.progress?.(header.bytes, header.bytes)
    return { bytes: header.bytes, open: () => bodyOf(file), close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

function bodyOf(file: FileHandle): Readable {
  return file.createReadStream({ start: headerSize, autoClose: false, highWaterMark: 1024 * 1024 })
}

async function sumOf(file: FileHandle, { signal }: Transfer): Promise<string> {
  const sum = createHash('sha256')
  for await (const chunk of bodyOf(file)) {
    signal.throwIfAborted()
    sum.update(chunk as Buffer)
  }
  return sum.digest('hex')
}

async function guarded<T>(action: 'read' | 'written', folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted || isProblem(error) || !(error instanceof Error) || !('code' in error)) throw error
    throw problem('STEP_CACHE_FOLDER_FAILED', { folder, action, reason: error.message }, { cause: error })
  }
}

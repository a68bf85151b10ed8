/** Everything that the builder keeps between builds, piece by piece: what it is, how large, and when it was last of use. */
import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, type Stats, statSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ContentStore } from '../../media/content-store.ts'
import { errorCode, ifPresent } from '../../media/file-errors.ts'
import { takeLock } from '../../media/lock.ts'
import type { Digest } from '../../oci/digest.ts'
import type { CachePart } from '../../ports/build-cache.ts'
import { factsFile, isMountFolder, readFacts } from '../mounts/mount-name.ts'
import { parseLayerRecord } from '../solve/layer-cache.ts'
import { folderSize } from './folder-size.ts'
import { isPutRecord, type PutBlob, parsePutRecord } from './put-record.ts'
import { collectorLock, markName } from './used.ts'

export type ItemKind = CachePart['kind']

export interface CacheItem extends CachePart {
  /** Removes it unless somebody used it since `beforeMs`, also when that happens at this very moment; answers whether it did. */
  remove(beforeMs: number): Promise<boolean>
}

export interface Kept {
  readonly content: ContentStore
  readonly workFolder: string
  /** Blobs that images with a name need: they are no part of the cache. */
  readonly named: ReadonlySet<Digest>
}

export async function cacheItems(o: Kept): Promise<readonly CacheItem[]> {
  const snapshots = await things(o, 'snapshots', 'files of a RUN')
  const layers = await things(o, 'layers', 'unpacked layer')
  return [...snapshots, ...layers, ...(await mountItems(o)), ...(await recordsAndBlobs(o))]
}

/** Folders of `RUN --mount=type=cache`. */
export function mountItems(o: Pick<Kept, 'workFolder'>): Promise<readonly CacheItem[]> {
  return things(o, 'caches', 'cache mount')
}

/** Files and folders right below one folder. */
async function things({ workFolder }: Pick<Kept, 'workFolder'>, folder: string, kind: ItemKind): Promise<readonly CacheItem[]> {
  const found: CacheItem[] = []
  for (const name of (await ifPresent(readdir(join(workFolder, folder)))) ?? []) {
    if (kind === 'cache mount' && !isMountFolder(name)) continue
    const path = join(workFolder, folder, name)
    const facts = await ifPresent(lstat(path))
    if (facts === undefined) continue
    const mark = join(workFolder, 'used', markName(`${folder}/${name}`))
    const usedMs = () => Math.max(facts.mtimeMs, statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    const bytes = facts.isDirectory() ? await folderSize(path, kind !== 'cache mount') : facts.size
    const remove = async (beforeMs: number): Promise<boolean> => {
      const release = kind === 'cache mount' ? takeLock(`${path}.lock`) : () => undefined
      if (release === undefined) return false
      try {
        const lock = collectorLock(workFolder, `${folder}/${name}`)
        return await removeUnused({ path, mark, lock, aside: join(workFolder, 'scratch'), unused: () => usedMs() < beforeMs })
      } finally {
        release()
      }
    }
    const id = kind === 'cache mount' ? readFacts(path)?.id : undefined
    found.push({ kind, name, ...(id !== undefined && { id }), bytes, usedMs: usedMs(), remove })
  }
  return found
}

interface Thing {
  readonly path: string
  readonly mark: string
  /** For `markUsed`: whoever marks it now waits, and does not find it; whoever has marked it before is seen. */
  readonly lock: string
  /** Where it goes until it is removed. */
  readonly aside: string
  readonly unused: () => boolean
}

async function removeUnused({ path, mark, lock, aside, unused }: Thing): Promise<boolean> {
  await mkdir(aside, { recursive: true })
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 })
  const moved = join(aside, `removed-${randomUUID()}`)
  const release = takeLock(lock)
  // Another collector is at it.
  if (release === undefined) return false
  // In one go: a build of this very process would otherwise wait for what cannot go on.
  try {
    if (!unused() || !moveAway(path, moved)) return false
    for (const about of [mark, factsFile(path)]) rmSync(about, { force: true })
  } finally {
    release()
  }
  await rm(moved, { recursive: true, force: true })
  return true
}

/** Answers false when it is gone already. */
function moveAway(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}

async function recordsAndBlobs(o: Kept): Promise<readonly CacheItem[]> {
  const folder = join(o.workFolder, 'records')
  const items: CacheItem[] = []
  const blobs = new Map<Digest, { size: number; records: string[] }>()
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const path = join(folder, name)
    const facts = await ifPresent(stat(path))
    if (facts === undefined) continue
    const blob = await blobOf(path, name)
    if (blob !== undefined) {
      const { digest, size } = blob
      const entry = blobs.get(digest) ?? { size, records: [] }
      entry.records.push(path)
      blobs.set(digest, entry)
    }
    items.push(recordItem(path, name, facts))
  }
  for (const [digest, { size, records }] of blobs) if (!o.named.has(digest)) items.push(...(await blobItem(o.content, digest, size, records)))
  return items
}

/** Of the records that are about a blob; undefined: this one is not. */
async function blobOf(path: string, name: string): Promise<PutBlob | undefined> {
  if (!isPutRecord(name) && !/^(?:layer|result)-/.test(name)) return undefined
  const text = await ifPresent(readFile(path, 'utf8'))
  if (text === undefined) return undefined
  return isPutRecord(name) ? parsePutRecord(text) : parseLayerRecord(text)?.descriptor
}

function recordItem(path: string, name: string, facts: Stats): CacheItem {
  const remove = async (beforeMs: number): Promise<boolean> => {
    const now = await ifPresent(stat(path))
    if (now === undefined || now.mtimeMs >= beforeMs) return false
    await rm(path, { force: true })
    return true
  }
  return { kind: 'record', name, bytes: facts.size, usedMs: facts.mtimeMs, remove }
}

async function blobItem(content: ContentStore, digest: Digest, size: number, records: readonly string[]): Promise<readonly CacheItem[]> {
  const facts = await ifPresent(stat(content.blobPath(digest)))
  if (facts === undefined) return []
  const remove = async (beforeMs: number): Promise<boolean> => {
    if (!(await content.removeOld(digest, { beforeMs }))) return false
    for (const record of records) await rm(record, { force: true })
    return true
  }
  return [{ kind: 'layer', name: digest, bytes: size, usedMs: facts.mtimeMs, remove }]
}

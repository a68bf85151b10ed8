/** What goes from the folder of saved files: what nobody asked for in a while, then the longest unused until it is small enough. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isTemporary, openEntry, readHeader, suffix } from './entry-file.ts'

export interface FolderLimits {
  readonly unusedMs: number
  readonly keepBytes: number
}

/** The window of the caching service that pipelines know, and the size that it gives to its larger customers. */
export const usualFolderLimits: FolderLimits = { unusedMs: 15 * 24 * 3_600_000, keepBytes: 10_000_000_000 }

/** Nobody writes for so long without a byte. */
const staleMs = 24 * 3_600_000

export interface SavedItem {
  readonly key: string
  readonly file: string
  readonly bytes: number
  readonly usedMs: number
}

export interface CollectOptions {
  readonly limits: FolderLimits
  readonly nowMs: number
  readonly signal: AbortSignal
  /** The file that was just written stays, whatever its size. */
  readonly spare?: string
  readonly dryRun?: boolean
}

export async function savedItems(dir: string): Promise<readonly SavedItem[]> {
  const items = await Promise.all((await names(dir)).filter((name) => name.endsWith(suffix)).map((name) => itemOf(dir, name)))
  return items.flat()
}

export async function collectSaved(dir: string, o: CollectOptions): Promise<readonly SavedItem[]> {
  if (o.dryRun !== true) await dropStale(dir, o.nowMs)
  const items = (await savedItems(dir)).toSorted((a, b) => a.usedMs - b.usedMs)
  let left = items.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: SavedItem[] = []
  for (const item of items) {
    o.signal.throwIfAborted()
    const tooOld = item.usedMs < o.nowMs - o.limits.unusedMs
    if ((!tooOld && left <= o.limits.keepBytes) || item.file === o.spare) continue
    if (o.dryRun !== true) await rm(join(dir, item.file), { force: true })
    left -= item.bytes
    removed.push(item)
  }
  return removed
}

async function names(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch(() => [])
}

async function itemOf(dir: string, name: string): Promise<readonly SavedItem[]> {
  const file = await openEntry(join(dir, name)).catch(() => undefined)
  try {
    const stats = await file?.stat()
    if (file === undefined || stats === undefined) return []
    const key = (await readHeader(file))?.key ?? '(damaged)'
    return [{ key, file: name, bytes: stats.size, usedMs: stats.mtimeMs }]
  } finally {
    await file?.close()
  }
}

async function dropStale(dir: string, nowMs: number): Promise<void> {
  for (const name of (await names(dir)).filter(isTemporary)) {
    const stats = await stat(join(dir, name)).catch(() => undefined)
    if (stats !== undefined && stats.mtimeMs < nowMs - staleMs) await rm(join(dir, name), { force: true })
  }
}

/** Collection of garbage in the builder's cache: by age, then by size, the longest unused first; never what a build at work uses. */
import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from '../../media/file-errors.ts'
import type { CacheLimits } from '../../ports/build-cache.ts'
import type { Waiting } from '../tree/node.ts'
import { type CacheItem, cacheItems, type Kept } from './cache-items.ts'
import { heldSince } from './hold.ts'

export type Limits = CacheLimits

/** The window of the caching service that pipelines know, and a size that a laptop can spare. */
export const usualLimits: Limits = { unusedMs: 15 * 24 * 3_600_000, keepBytes: 20_000_000_000 }

export interface Collected {
  readonly removed: readonly CacheItem[]
  readonly bytes: number
  readonly leftBytes: number
}

export interface Collection extends Waiting {
  readonly limits: Limits
  readonly nowMs: number
  /** Only says what would go. */
  readonly dryRun?: boolean
}

export async function collectGarbage(kept: Kept, o: Collection): Promise<Collected> {
  const since = await heldSince(kept.workFolder, o.nowMs)
  const beforeMs = Math.min(since ?? Number.POSITIVE_INFINITY, o.nowMs)
  const items = (await cacheItems(kept)).toSorted((a, b) => a.usedMs - b.usedMs)
  let left = items.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: CacheItem[] = []
  for (const item of items) {
    o.signal.throwIfAborted()
    const tooOld = item.usedMs < o.nowMs - o.limits.unusedMs
    if (!tooOld && left <= o.limits.keepBytes) continue
    if (item.usedMs >= beforeMs) continue
    // A file of another user stays: who may not remove it did not make it.
    const gone = o.dryRun === true || (await item.remove(beforeMs).catch(() => false))
    if (!gone) continue
    removed.push(item)
    left -= item.bytes
  }
  if (o.dryRun !== true) await sweepScratch(kept, since ?? o.nowMs)
  return { removed, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0), leftBytes: left }
}

/** What builds that were cut short left lying about, and marks of what is no more. */
async function sweepScratch({ workFolder, content }: Kept, beforeMs: number): Promise<void> {
  const lastMs = beforeMs - 3_600_000
  await sweepFolder(join(workFolder, 'scratch'), lastMs)
  await sweepFolder(join(workFolder, 'used'), beforeMs - usualLimits.unusedMs)
  await sweepNameless(join(workFolder, 'runs'), lastMs)
  await content.sweep({ beforeMs: lastMs })
}

/** Folders of builds that ended before they could say whose they are; the others are swept when a RUN begins. */
async function sweepNameless(folder: string, beforeMs: number): Promise<void> {
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const facts = await ifPresent(stat(join(folder, name)))
    if (facts === undefined || facts.mtimeMs >= beforeMs) continue
    const owner = (await ifPresent(readFile(join(folder, name, 'owner'), 'utf8'))) ?? ''
    if (owner === '') await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

async function sweepFolder(folder: string, beforeMs: number): Promise<void> {
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const facts = await ifPresent(stat(join(folder, name)))
    if (facts !== undefined && facts.mtimeMs < beforeMs) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)
  }
}

const everyMs = 3_600_000

/** After a build: at most once an hour, because counting takes a moment. Answers undefined when it is not time. */
export async function collectNowAndThen(kept: () => Promise<Kept>, workFolder: string, o: Omit<Collection, 'limits'>): Promise<Collected | undefined> {
  const stamp = join(workFolder, 'collected')
  const last = (await ifPresent(stat(stamp)))?.mtimeMs
  if (last !== undefined && o.nowMs - last < everyMs) return undefined
  await mkdir(workFolder, { recursive: true })
  await writeFile(stamp, '')
  await utimes(stamp, o.nowMs / 1000, o.nowMs / 1000)
  // A new store has nothing that could be too old.
  return last === undefined ? undefined : collectGarbage(await kept(), { ...o, limits: usualLimits })
}

/** The build cache and the files that steps saved here, counted and taken away as one: the longest unused goes first, whichever it is. */
import type { BuildCache, CacheLimits, CachePart } from '../../../ports/build-cache.ts'
import { collectSaved, type SavedItem, savedItems } from './collect.ts'

export function joinedCache(build: BuildCache, dir: string): BuildCache {
  return {
    items: async (o) => [...(await build.items(o)), ...(await savedItems(dir)).map(partOf)],
    async prune(limits, o) {
      const saved = await savedItems(dir)
      const keepBytes = shareOf(saved, await build.items(o), limits)
      const gone = await collectSaved(dir, { ...o, limits: { ...limits, keepBytes } })
      const left = bytesOf(saved) - bytesOf(gone)
      const { removed, bytes, leftBytes } = await build.prune({ ...limits, keepBytes: Math.max(0, limits.keepBytes - left) }, o)
      return { removed: [...removed, ...gone.map(partOf)], bytes: bytes + bytesOf(gone), leftBytes: leftBytes + left }
    },
  }
}

/** How much of the saved files stays when the longest unused of both goes until the rest is small enough. */
function shareOf(saved: readonly SavedItem[], parts: readonly CachePart[], { unusedMs: _, keepBytes }: CacheLimits): number {
  const all = [...saved.map((one) => ({ ...one, ours: true })), ...parts.map((one) => ({ ...one, ours: false }))].toSorted((a, b) => b.usedMs - a.usedMs)
  let [total, own] = [0, 0]
  for (const { bytes, ours } of all) {
    total += bytes
    if (total > keepBytes) break
    if (ours) own += bytes
  }
  return own
}

function partOf({ key, bytes, usedMs }: SavedItem): CachePart {
  return { kind: 'saved files', name: key, bytes, usedMs }
}

function bytesOf(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0)
}

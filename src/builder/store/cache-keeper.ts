/** The builder's cache of a data folder: how large it is, what may go, and taking that away. */
import { join } from 'node:path'
import { contentStore } from '../../media/content-store.ts'
import { blobsOf, prune } from '../../media/prune.ts'
import { refsTable } from '../../media/refs-table.ts'
import type { BuildCache } from '../../ports/build-cache.ts'
import type { Waiting } from '../tree/node.ts'
import { cacheItems, type Kept } from './cache-items.ts'
import { collectGarbage, collectNowAndThen, usualLimits } from './collect-garbage.ts'
import { recordedBlobs } from './recorded-blobs.ts'

export interface CacheKeeper extends BuildCache {
  /** After a build. Mostly it is not time, and nothing is done. */
  tidy(o: Waiting & { readonly nowMs: number }): Promise<void>
}

/** `home`: the data folder, with `images/` and `build/` in it. */
export function cacheKeeper(home: string): CacheKeeper {
  const content = contentStore(join(home, 'images'))
  const names = refsTable(join(home, 'images', 'names'))
  const workFolder = join(home, 'build')
  const kept = async (o: Waiting): Promise<Kept> => {
    const named = (await names.list()).map(({ descriptor }) => descriptor)
    return { content, workFolder, named: await blobsOf(content, named, o) }
  }
  return {
    items: async (o) => cacheItems(await kept(o)),
    prune: async (limits, o) => collectGarbage(await kept(o), { ...o, limits }),
    async tidy(o) {
      if ((await collectNowAndThen(() => kept(o), workFolder, o)) === undefined) return
      // Images that were delivered and have no name here, and their bases.
      const named = async () => (await names.list()).map(({ descriptor }) => descriptor)
      await prune(content, named, { beforeMs: o.nowMs - usualLimits.unusedMs, keep: await recordedBlobs(home), signal: o.signal })
    },
  }
}

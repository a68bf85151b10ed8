/** The image store as commands use it: names, views, removal. The engine's steps keep their images in the same place. */
import { join } from 'node:path'
import { sweepTemporaries } from '../../media/atomic-file.ts'
import { type ContentStore, contentStore } from '../../media/content-store.ts'
import { type RefsTable, refsTable } from '../../media/refs-table.ts'

export interface LocalImages {
  readonly blobs: ContentStore
  readonly names: RefsTable
}

const minute = 60_000

/** Takes away what killed commands left: blobs on their way since yesterday, and names. Whoever is about to write does this first. */
export async function sweepImages({ blobs }: LocalImages, nowMs: number): Promise<number> {
  const names = await sweepTemporaries(join(blobs.dir, 'names'), nowMs - 10 * minute)
  return names + (await blobs.sweep({ beforeMs: nowMs - 24 * 60 * minute }))
}

export function localImages(home: string): LocalImages {
  const dir = join(home, 'images')
  return { blobs: contentStore(dir), names: refsTable(join(dir, 'names')) }
}

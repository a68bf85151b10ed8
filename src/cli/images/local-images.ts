/** The image store as commands use it: names, views, removal. The engine's steps keep their images in the same place. */
import { join } from 'node:path'
import { type ContentStore, contentStore } from '../../media/content-store.ts'
import { type RefsTable, refsTable } from '../../media/refs-table.ts'

export interface LocalImages {
  readonly blobs: ContentStore
  readonly names: RefsTable
}

export function localImages(home: string): LocalImages {
  const dir = join(home, 'images')
  return { blobs: contentStore(dir), names: refsTable(join(dir, 'names')) }
}

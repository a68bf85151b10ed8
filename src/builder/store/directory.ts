/** A build store beside a content store: layers are ordinary blobs of it, records are small files, scratch folders are ours to remove. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import { type ContentStore, contentStore } from '../../media/content-store.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { BuildStore } from './build-store.ts'

/** `folder` holds `records/`, `scratch/`, and for RUN `snapshots/`, `caches/` and `runs/`. Records can be made again, so they need not survive a power cut; blobs must. */
export function buildStore(content: ContentStore, folder: string): BuildStore {
  return {
    workFolder: resolve(folder),
    putBlob: (bytes, o) => content.put(bytes, o),
    hasBlob: (digest) => content.has(digest),
    openBlob: (digest, o) => content.open(digest, o),
    readRecord: (name, o) => ifPresent(readFile(join(folder, 'records', name), { encoding: 'utf8', signal: o.signal })),
    writeRecord: async (name, text, o) => {
      o.signal.throwIfAborted()
      await writeFileAtomically(join(folder, 'records', name), text, { durability: 'fast' })
    },
    scratch: async () => {
      const path = join(folder, 'scratch', randomUUID())
      await mkdir(path, { recursive: true })
      return path
    },
  }
}

/** Both in one folder. */
export function directoryStore(folder: string): BuildStore {
  return buildStore(contentStore(folder), join(folder, 'build'))
}

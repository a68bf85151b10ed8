/** A build store beside a content store: layers are ordinary blobs of it, records are small files, scratch folders are ours to remove. */
import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, futimesSync, openSync, readFileSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import { type ContentStore, contentStore } from '../../media/content-store.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { BuildStore } from './build-store.ts'
import { putRecordName, putRecordText } from './put-record.ts'

/** `folder` holds `records/`, `scratch/`, and for RUN `snapshots/`, `caches/` and `runs/`. Records can be made again, so they need not survive a power cut; blobs must. */
export function buildStore(content: ContentStore, folder: string): BuildStore {
  let lastMs: number | undefined
  const tick = async (): Promise<number> => {
    lastMs = await fileSystemTime(folder)
    return lastMs
  }
  return {
    workFolder: resolve(folder),
    tick,
    putBlob: async (bytes, o) => {
      const blob = await content.put(bytes, o)
      // Before anything is made of it: a build that fails here leaves a layer that the cache knows, and counts.
      await writeFileAtomically(join(folder, 'records', putRecordName(blob.digest)), putRecordText(blob), { durability: 'fast' })
      return blob
    },
    // Collection of garbage leaves alone what was asked for.
    hasBlob: (digest) => content.reuse(digest),
    openBlob: (digest, o) => content.open(digest, o),
    blobFile: (digest) => content.blobPath(digest),
    readRecord: (name, o) => {
      o.signal.throwIfAborted()
      return ifPresent(readUsed(join(folder, 'records', name), async () => lastMs ?? tick()))
    },
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

/** Reading is using: the file's time is that of the last build that it was of use for. */
async function readUsed(path: string, now: () => Promise<number>): Promise<string> {
  const nowMs = await now()
  // Here and now: a build reads dozens of records, and each is a few bytes. To have another thread read them takes ten times as long.
  const file = openSync(path, 'r')
  try {
    if (fstatSync(file).mtimeMs < nowMs) futimesSync(file, nowMs / 1000, nowMs / 1000)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

async function fileSystemTime(folder: string): Promise<number> {
  const path = join(folder, 'scratch', `tick-${randomUUID()}`)
  await mkdir(join(folder, 'scratch'), { recursive: true })
  const file = await open(path, 'wx', 0o600)
  try {
    return (await file.stat()).mtimeMs
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}

/** Both in one folder. */
export function directoryStore(folder: string): BuildStore {
  return buildStore(contentStore(folder), join(folder, 'build'))
}

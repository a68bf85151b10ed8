/** An object into a file: a cut goes on where it was, and what has arrived is checked before anybody sees it. */
import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Clock } from '../../../base/clock.ts'
import { isProblem, problem } from '../../../base/problem.ts'
import type { FetchedFiles, Transfer } from '../../../ports/step-cache.ts'
import { waitAfter } from '../../../registry/retry.ts'
import { connectionProblem } from '../../../registry/unreachable-registry.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { newSpoolFile, spoolProblem } from './spool.ts'
import { storeRetry } from './store-http.ts'

export interface DownloadOptions extends Transfer {
  readonly dir: string
  readonly clock: Clock
  /** For messages. */
  readonly key: string
}

export async function download(object: StoredObject, store: ObjectStore, o: DownloadOptions): Promise<FetchedFiles> {
  const path = await newSpoolFile(o.dir)
  try {
    const file = await open(path, 'wx+', 0o600)
    try {
      await fill(file, object, store, o)
      await check(file, object, store, o)
    } finally {
      await file.close()
    }
    const kept = await open(path, 'r')
    await rm(path, { force: true })
    return { bytes: object.bytes, open: () => kept.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 }), close: () => kept.close() }
  } catch (error) {
    await rm(path, { force: true })
    throw spoolProblem(error, o.dir, o)
  }
}

/** Every byte gives new patience: a long download over a bad line ends well, one that stands still does not. */
async function fill(file: FileHandle, object: StoredObject, store: ObjectStore, o: DownloadOptions): Promise<void> {
  let have = 0
  for (let tried = 1; have < object.bytes; tried++) {
    const before = have
    try {
      const response = await store.get(object, have, o)
      if (response.status === 200) have = 0
      for await (const chunk of response.body) {
        await file.write(chunk as Buffer, 0, (chunk as Buffer).length, have)
        have += (chunk as Buffer).length
        o.progress?.(have, object.bytes)
      }
      if (have < object.bytes)
        throw problem('STEP_CACHE_STORE_FAILED', { store: store.name, what: 'to send what is saved', reason: 'it ended early' }, { retryable: true })
    } catch (error) {
      const told = isProblem(error) ? error : connectionProblem(error, store.name, o)
      if (have > before) tried = 0
      const wait = waitAfter(told, tried + 1, storeRetry)
      if (wait === undefined) throw told
      await o.clock.sleep(wait, o)
    }
  }
}

async function check(file: FileHandle, object: StoredObject, store: ObjectStore, { key }: DownloadOptions): Promise<void> {
  const damaged = (reason: string) => problem('STEP_CACHE_DAMAGED', { key, store: store.name, reason })
  const { size } = await file.stat()
  if (size !== object.bytes) throw damaged(`${size} bytes came, ${object.bytes} were saved`)
  if (object.sha256 === undefined) return
  const hash = createHash('sha256')
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false, highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer)
  if (hash.digest('hex') !== object.sha256) throw damaged('its checksum is another')
}

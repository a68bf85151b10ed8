/** A StepCache over an object store: one object for each key, which stores put in place as a whole. */
import type { Clock } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { SavedFiles, StepCache } from '../../../ports/step-cache.ts'
import { download } from './download.ts'
import { keyOfObject, objectName, objectPrefix } from './object-name.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { spool } from './spool.ts'

export function objectCache(store: ObjectStore, o: { readonly dir: string; readonly clock: Clock }): StepCache {
  return {
    name: store.name,
    async find(key, { match, signal }) {
      if (match === 'exact') return [await store.look(objectName(key), { signal })].flatMap(savedOf)
      const found = await store.list(objectPrefix(key), { signal })
      return found.flatMap(savedOf).sort((a, b) => a.savedMs - b.savedMs || (a.key < b.key ? -1 : 1))
    },
    async fetch(saved, w) {
      const object = await store.look(objectName(saved.key), w)
      if (object === undefined) throw problem('STEP_CACHE_DAMAGED', { key: saved.key, store: store.name, reason: 'it was there a moment ago and is gone' })
      return download(object, store, { ...w, ...o, key: saved.key })
    },
    async save(key, content, { override, signal, progress = () => undefined }) {
      const name = objectName(key)
      const there = override ? undefined : await store.look(name, { signal })
      if (there !== undefined) return { kind: 'kept', bytes: there.bytes }
      const body = await spool(content, o.dir, { signal })
      try {
        const kind = await store.put(name, body, { override, signal, progress: rising((done) => progress(done, body.bytes)) })
        if (kind === 'saved') return { kind, bytes: body.bytes }
        return { kind, bytes: (await store.look(name, { signal }))?.bytes ?? 0 }
      } finally {
        await body.remove()
      }
    },
  }
}

/** A piece that is sent again does not turn the bar back. */
function rising(progress: (done: number) => void): (done: number) => void {
  let most = 0
  return (done) => {
    if (done <= most) return
    most = done
    progress(done)
  }
}

function savedOf(object: StoredObject | undefined): readonly SavedFiles[] {
  const key = object === undefined ? undefined : keyOfObject(object.name)
  return object === undefined || key === undefined ? [] : [{ key, bytes: object.bytes, savedMs: object.savedMs, version: object.version }]
}

/** What a crash may leave behind, taken away: old temporary files, uploads that nobody continued, tags without their manifest. */
import type { Registry } from './context.ts'

export interface TidyOptions {
  readonly nowMs: number
  readonly signal: AbortSignal
}

export interface Tidied {
  readonly temporaries: number
  readonly uploads: number
  readonly tags: number
}

const minute = 60_000

/** Small files are written within moments. */
const temporaryGrace = 10 * minute
/** Since the last byte came. */
const uploadGrace = 24 * 60 * minute

export async function tidy({ store, files, turns }: Registry, { nowMs, signal }: TidyOptions): Promise<Tidied> {
  const temporaries = (await files.sweep({ beforeMs: nowMs - temporaryGrace })) + (await store.sweep({ beforeMs: nowMs - uploadGrace }))
  let [uploads, tags] = [0, 0]
  for await (const { repository, id } of files.uploads()) {
    signal.throwIfAborted()
    if (await store.hasUpload(id)) continue
    await files.unmarkUpload(repository, id)
    uploads++
  }
  for (const repository of await files.repositories()) {
    for (const tag of (await files.tags(repository)) ?? []) {
      signal.throwIfAborted()
      tags += await turns(repository, async () => {
        const digest = await files.tag(repository, tag)
        if (digest !== undefined && (await files.manifest(repository, digest)) !== undefined) return 0
        return (await files.removeTag(repository, tag)) ? 1 : 0
      })
    }
  }
  return { temporaries, uploads, tags }
}

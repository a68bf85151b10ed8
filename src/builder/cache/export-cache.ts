/** Leaves the cache of a build in registries and folders. Two exports of this process to one place take turns, so that none is lost. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { Problem, problem } from '../../base/problem.ts'
import type { CacheTarget } from '../../image-job/cache-place.ts'
import { writeLayout } from '../../media/write-layout.ts'
import { type ImageRef, parseRef, withDefaultTag } from '../../oci/ref.ts'
import type { Image } from '../../oci/views.ts'
import { deliver } from '../../registry/deliver.ts'
import { inTurn } from '../solve/turns.ts'
import { cacheImage, merged } from './cache-image.ts'
import { type CacheImport, type ImportOptions, openImports } from './cache-import.ts'
import type { Collected } from './collect-records.ts'

export type Place = Exclude<CacheTarget, { kind: 'inline' }>

export interface ExportOptions extends ImportOptions {
  readonly nowMs: number
}

/** As long as the caching service of the original keeps what nobody uses. */
const oldestMs = 15 * 24 * 3_600_000

export async function exportCache(place: Place, own: Collected, o: ExportOptions): Promise<void> {
  const name = place.kind === 'local' ? place.dir : place.ref
  try {
    const turn = async (): Promise<void> => {
      const image = await cacheImage(merged(own, await present(place, o), o.nowMs - oldestMs))
      if (place.kind === 'local') await writeLayout(place.dir, [{ view: image, refs: [localRef(place.tag)] }], { signal: o.signal })
      else await push(image, place, o)
    }
    await inTurn(`export to ${name}`, turn, o)
  } catch (error) {
    o.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    if (!place.ignoreError) throw problem('CACHE_EXPORT_FAILED', { place: name, reason }, { cause: error })
    o.tell(diagnose('CACHE_EXPORT_FAILED', { place: name, reason }, { severity: 'warning' }))
  }
}

/** Nothing there, or nothing that can be read, is no reason not to write. */
async function present(place: Place, o: ExportOptions): Promise<CacheImport | undefined> {
  const [found] = await openImports([place], { ...o, tell: () => undefined })
  return found
}

/** Layout folders name images; the tag is the only part that is looked at. */
function localRef(tag: string): ImageRef {
  return { registry: 'localhost', repository: 'cache', tag }
}

async function push(image: Image, { ref, connector }: Extract<Place, { kind: 'registry' }>, o: ExportOptions): Promise<void> {
  const parsed = parseRef(ref)
  if (!parsed.ok) throw new Problem(parsed.diagnostics[0] as Diagnostic)
  const [result] = await deliver(image, [withDefaultTag(parsed.value)], { client: o.client(connector), signal: o.signal })
  if (result?.kind === 'failed') throw result.problem
}

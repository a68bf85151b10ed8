/** A Restore Cache step: what is saved under its key comes back to where it was; nothing saved is no failure unless the step says so. */
import { diagnose } from '../../base/diagnostic.ts'
import { humanBytes, humanDuration, plural } from '../../base/human.ts'
import { isProblem, problem } from '../../base/problem.ts'
import type { SavedFiles, StepCache } from '../../ports/step-cache.ts'
import type { RestoreCacheWork } from '../../steps/cache-work.ts'
import type { WorkAt, WorkDone } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { actCache } from './act-cache.ts'
import { keyOf, toolsIn } from './cache-key.ts'
import { openPlace } from './cache-place.ts'
import type { FoundTools } from './known-tools.ts'
import { type Member, memberOf } from './member-path.ts'
import { line, note, output, progressOf } from './say.ts'
import { Refused, type Unpacked, unpackFiles } from './unpack-files.ts'

const passed = { kind: 'passed' } as const

export async function restoreWork(at: WorkAt<RestoreCacheWork>): Promise<WorkDone> {
  const { work, context, state, step } = at
  if (state.stage.infrastructure.on === 'fake') return actCache(at)
  const began = context.clock.now()
  const tools = work.key === 'of tools' || work.only === 'of tools' ? await toolsIn(at) : undefined
  const key = await keyOf(at, tools)
  if (key === undefined) {
    await note(diagnose('STEP_CACHE_NOTHING_TO_DO', { reason: 'no file of a known tool is in the workspace' }), at)
    return { outcome: passed, outputs: outputsOf(false, '', 0, 0) }
  }
  const cache = await openPlace(at)
  const found = await cache.find(key, { match: work.match, signal: context.signal })
  if (found.length === 0) {
    if (nowKnown(work.failIfMissing)) throw problem('STEP_CACHE_MISSED', { key, store: cache.name }, { at: step.at })
    await line(`nothing is saved under ${key} in ${cache.name}`, at)
    return { outcome: passed, outputs: outputsOf(false, key, 0, context.clock.now() - began) }
  }
  const allowed = await allowedOf(at, tools)
  // Of several the newest comes last, so that it is what stays.
  for (const saved of found) {
    const { files, bytes } = await restore(saved, cache, allowed, at)
    const took = humanDuration(context.clock.now() - began)
    await line(
      `restored what is saved under ${saved.key} in ${cache.name}: ${plural(files, 'file')} of ${humanBytes(bytes)} from ${humanBytes(saved.bytes)} in ${took}`,
      at,
    )
  }
  const bytes = found.reduce((sum, saved) => sum + saved.bytes, 0)
  return { outcome: passed, outputs: outputsOf(true, found.at(-1)?.key ?? key, bytes, context.clock.now() - began) }
}

function outputsOf(hit: boolean, key: string, bytes: number, ms: number): WorkDone['outputs'] {
  return [output('cacheHit', hit), output('cacheKey', key), output('cacheBytes', bytes), output('cacheSeconds', (ms / 1000).toFixed(1))]
}

async function restore(saved: SavedFiles, cache: StepCache, allowed: readonly Member[], at: WorkAt<RestoreCacheWork>): Promise<Unpacked> {
  const { work, context, state, step } = at
  const { signal } = context
  const fetched = await cache.fetch(saved, { signal, progress: progressOf('restore', at) })
  const asked = { key: saved.key, store: cache.name }
  try {
    const hostPath = (path: string): string => state.workspace.hostPath(path)
    const unpacked = await unpackFiles(fetched.open(), `what is saved under ${saved.key}`, { hostPath, allowed, owners: nowKnown(work.owners), signal })
    if (unpacked.ownersLost) await line('owners are not restored: that is for root to do', at)
    return unpacked
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Refused) throw problem('STEP_CACHE_ARCHIVE_REFUSED', { ...asked, reason: error.message }, { cause: error, at: step.at })
    if (isProblem(error) || isUnpacker(error))
      throw problem('STEP_CACHE_DAMAGED', { ...asked, reason: (error as Error).message }, { cause: error, at: step.at })
    throw error
  } finally {
    await fetched.close()
  }
}

function isUnpacker(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_|ERR_ZLIB)/.test(String(error.code))
}

/** Where the pipeline says what is restored, nothing else comes back. */
async function allowedOf(at: WorkAt<RestoreCacheWork>, tools: FoundTools | undefined): Promise<readonly Member[]> {
  const { work, context } = at
  if (work.only === 'of tools') return (tools?.folders ?? []).map(memberOf)
  if (work.only !== undefined) {
    const paths = await Promise.all(nowKnown(work.only).map((path) => revealText(path, context)))
    return paths.map((path) => memberOf(withoutPattern(path)))
  }
  const outside = work.outside.map((path) => memberOf(withoutPattern(path))).filter(({ path }) => path !== '')
  return [{ base: 'harness', path: '' }, ...outside]
}

/** What a pattern matches lies below the folders before it. */
function withoutPattern(path: string): string {
  const parts = path.split('/')
  const first = parts.findIndex((part) => /[*?[{]/.test(part))
  if (first < 0) return path
  return parts.slice(0, first).join('/') || (path.startsWith('/') ? '/' : '/harness')
}

/** A Save Cache step: the named files as one archive, into the store that the step names. */
import { diagnose } from '../../base/diagnostic.ts'
import { humanBytes, humanDuration, plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import type { SaveCacheWork } from '../../steps/cache-work.ts'
import type { WorkAt, WorkDone } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { actCache } from './act-cache.ts'
import { keyOf, toolsIn } from './cache-key.ts'
import { openPlace } from './cache-place.ts'
import { gatherFiles, type Named, namedBy } from './gather-files.ts'
import type { FoundTools } from './known-tools.ts'
import { packFiles } from './pack-files.ts'
import { line, note, output, progressOf } from './say.ts'

const passed = { kind: 'passed' } as const

export async function saveWork(at: WorkAt<SaveCacheWork>): Promise<WorkDone> {
  const { work, context, state } = at
  if (state.stage.infrastructure.on === 'fake') return actCache(at)
  const began = context.clock.now()
  const tools = work.key === 'of tools' || work.paths === 'of tools' ? await toolsIn(at) : undefined
  const key = await keyOf(at, tools)
  const named = key === undefined ? [] : await filesOf(at, tools)
  if (key === undefined || (work.ofStage && named.length === 0)) return nothingToDo(at, tools)
  const cache = await openPlace(at)
  let [files, size] = [0, 0]
  const took = (bytes: number): void => {
    files += 1
    size += bytes
  }
  const leftOut = (path: string, reason: string): void => void note(diagnose('STEP_CACHE_PATH_LEFT_OUT', { path, reason }), at)
  const { signal } = context
  const pack = () => packFiles(gatherFiles(named, { signal, leftOut, took }), nowKnown(work.format), { signal })
  const { kind, bytes } = await cache.save(key, pack, { signal, override: nowKnown(work.override), progress: progressOf('save', at) })
  const took_ = context.clock.now() - began
  const story = `${plural(files, 'file')} of ${humanBytes(size)} as ${humanBytes(bytes)} in ${humanDuration(took_)}`
  await line(kind === 'kept' ? `${key} is saved in ${cache.name} already, and stays` : `saved under ${key} in ${cache.name}: ${story}`, at)
  return { outcome: passed, outputs: outputsOf(kind === 'saved', key, bytes, took_) }
}

function outputsOf(saved: boolean, key: string, bytes: number, ms: number): WorkDone['outputs'] {
  return [output('cacheSaved', saved), output('cacheKey', key), output('cacheBytes', bytes), output('cacheSeconds', (ms / 1000).toFixed(1))]
}

async function nothingToDo(at: WorkAt<SaveCacheWork>, tools: FoundTools | undefined): Promise<WorkDone> {
  const reason = tools === undefined ? 'no file of a known tool is in the workspace' : `nothing is at ${tools.folders.join(', ')}`
  await note(diagnose('STEP_CACHE_NOTHING_TO_DO', { reason: at.work.paths === 'of tools' ? reason : 'none of its paths is there' }), at)
  return { outcome: passed, outputs: outputsOf(false, '', 0, 0) }
}

/** Of the stage's caching what is there is taken; a step of its own fails when a path names nothing. */
async function filesOf(at: WorkAt<SaveCacheWork>, tools: FoundTools | undefined): Promise<readonly Named[]> {
  const { work, context, state, step } = at
  const paths = work.paths === 'of tools' ? (tools?.folders ?? []) : await Promise.all(nowKnown(work.paths).map((path) => revealText(path, context)))
  const named: Named[] = []
  for (const path of paths) {
    const found = await namedBy(path, (one) => state.workspace.hostPath(one))
    if (found.length === 0 && !work.ofStage) throw problem('STEP_CACHE_PATH_MISSING', { path }, { at: step.at })
    if (found.length === 0 && work.paths !== 'of tools') await note(diagnose('STEP_CACHE_PATH_LEFT_OUT', { path, reason: 'nothing is there' }), at)
    named.push(...found)
  }
  return named
}

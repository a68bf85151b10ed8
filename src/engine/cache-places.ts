/** The cache of a job: specs with secrets put in, as the places that the builder takes. What it cannot use is said and left out. */
import { isProblem } from '../base/problem.ts'
import { showText } from '../base/secret-text.ts'
import { stepPath } from '../events/step-path.ts'
import { type CacheSource, type CacheTarget, cacheSource, cacheTarget, type PlaceOptions } from '../image-job/cache-place.ts'
import type { CachePlan } from '../image-job/cache-plan.ts'
import type { CacheSpec } from '../image-job/cache-spec.ts'
import type { BuildRequest, CacheRules } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

/** A pipeline that names a cache of another kind still builds: a cache only saves time. */
export async function cachePlaces(cache: CachePlan, at: WorkAt<ImageWork>): Promise<Pick<BuildRequest, 'cacheFrom' | 'cacheTo' | 'cacheRules'>> {
  // Tools from outside are told of their own kinds of caches.
  if (at.work.engine.name !== 'embedded') return {}
  const connector = at.work.connector === undefined ? undefined : showText(nowKnown(at.work.connector))
  const o: PlaceOptions = { resolve: (path) => at.state.workspace.hostPath(path), ...(connector !== undefined && { connector }) }
  const from: CacheSource[] = []
  const to: CacheTarget[] = []
  for (const spec of nowKnown(cache.from)) from.push(...(await usable(spec, (plain) => cacheSource(plain, o), at)))
  for (const spec of nowKnown(cache.to)) to.push(...(await usable(spec, (plain) => cacheTarget(plain, o), at)))
  const folder = folderOf(cache, at)
  return {
    cacheFrom: folder === undefined ? from : [folder, ...from],
    cacheTo: folder === undefined || cache.readOnly === true ? to : [...to, { ...folder, mode: 'max', ignoreError: true }],
    cacheRules: rulesOf(cache),
  }
}

/** Of this machine, and so the first to be asked. */
function folderOf({ folder }: CachePlan, { state }: WorkAt<ImageWork>): CacheSource | undefined {
  return folder === undefined ? undefined : { kind: 'local', dir: state.workspace.hostPath(nowKnown(folder)), tag: 'latest' }
}

function rulesOf({ anew, runLayers, copyLayers, ttlHours }: CachePlan): CacheRules {
  const unshared = [...(runLayers ? [] : ['run' as const]), ...(copyLayers ? [] : ['copy' as const])]
  return { anew, unshared, ...(ttlHours !== undefined && { maxAgeMs: ttlHours * 3_600_000 }) }
}

type Plain = Parameters<typeof cacheSource>[0]

async function usable<T>(spec: CacheSpec, place: (plain: Plain) => T, { context, step }: WorkAt<ImageWork>): Promise<readonly T[]> {
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(spec.attributes)) attributes[name] = await revealText(value, context)
  try {
    return [place({ type: spec.type, attributes })]
  } catch (error) {
    if (!isProblem(error)) throw error
    await context.emit({ kind: 'step.note', step: stepPath(step.path), note: { ...error.diagnostic, severity: 'warning', at: step.at } })
    return []
  }
}

/** Steps about saved files on the infrastructure fake: they find what the output variable of the step says (FAKE_OUT_cacheHit), and touch nothing. */
import { known } from '../../base/planned.ts'
import { problem } from '../../base/problem.ts'
import { showText } from '../../base/secret-text.ts'
import type { CacheWork } from '../../steps/cache-work.ts'
import type { WorkAt, WorkDone } from '../do-work.ts'
import { nowKnown } from '../reveal.ts'
import { line, output } from './say.ts'

export async function actCache(at: WorkAt<CacheWork>): Promise<WorkDone> {
  const { work, step } = at
  const key = work.key === 'of tools' ? 'the key of known tools' : showText(nowKnown(work.key))
  const hit = nowKnown(step.pretence?.['FAKE_OUT_cacheHit'] ?? known('false')) === 'true'
  if (work.kind === 'restore-cache' && !hit && nowKnown(work.failIfMissing))
    throw problem('STEP_CACHE_MISSED', { key, store: 'the pretended store' }, { at: step.at })
  await line(work.kind === 'save-cache' ? `would save ${key}` : hit ? `would restore ${key}` : `would find nothing under ${key}`, at)
  const first = work.kind === 'save-cache' ? output('cacheSaved', true) : output('cacheHit', hit)
  return { outcome: { kind: 'passed' }, outputs: [first, output('cacheKey', key), output('cacheBytes', 0), output('cacheSeconds', 0)] }
}

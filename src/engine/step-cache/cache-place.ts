/** The store that a step names, with every value in place. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Planned } from '../../base/planned.ts'
import type { Text } from '../../base/secret-text.ts'
import type { CachePlace, StepCache } from '../../ports/step-cache.ts'
import type { CacheWork } from '../../steps/cache-work.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { note } from './say.ts'

export async function openPlace(at: WorkAt<CacheWork>): Promise<StepCache> {
  const { place } = at.work
  if (place.kind === 'here' && place.insteadOf !== undefined) await note(diagnose('STEP_CACHE_KEPT_HERE', { provider: place.insteadOf }), at)
  return at.context.openStepCache(await placeOf(at))
}

async function placeOf({ work: { place }, context }: WorkAt<CacheWork>): Promise<CachePlace> {
  const text = (planned: Planned<Text>): Promise<string> => revealText(nowKnown(planned), context)
  const perhaps = async (name: string, planned: Planned<Text> | undefined) => {
    const value = planned === undefined ? '' : await text(planned)
    return value === '' ? {} : { [name]: value }
  }
  switch (place.kind) {
    case 'here':
      return { kind: 'here' }
    case 's3':
      return {
        kind: 's3',
        connector: await text(place.connector),
        bucket: await text(place.bucket),
        pathStyle: nowKnown(place.pathStyle),
        ...(await perhaps('region', place.region)),
        ...(await perhaps('endpoint', place.endpoint)),
        ...(await perhaps('acl', place.acl)),
      }
    case 'gcs':
      return { kind: 'gcs', connector: await text(place.connector), bucket: await text(place.bucket) }
    case 'azure':
      return { kind: 'azure', connector: await text(place.connector), account: await text(place.account), container: await text(place.container) }
  }
}

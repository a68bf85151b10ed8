/** `caching` of a stage to the work of the two steps that it comes down to. */
import { known } from '../base/planned.ts'
import { showText } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveList } from '../dynamic/resolve-many.ts'
import type { CiSpec } from '../pipeline/stage.ts'
import type { RestoreCacheWork, SaveCacheWork } from './cache-work.ts'
import type { PlannedCache } from './plan-cache-work.ts'

export type StageCaching = NonNullable<CiSpec['caching']>

export function planStageSave(caching: StageCaching, o: Resolving): PlannedCache<SaveCacheWork> {
  const { key, paths, story } = common(caching, o)
  const override = (caching.override && resolve(caching.override, o)) ?? known(true)
  return {
    work: { kind: 'save-cache', place: { kind: 'here' }, key, owners: known(false), ofStage: true, paths, override, format: known('Zstd') },
    does: `saves ${story}`,
  }
}

export function planStageRestore(caching: StageCaching, outside: readonly string[], o: Resolving): PlannedCache<RestoreCacheWork> {
  const { key, paths, story } = common(caching, o)
  return {
    work: {
      kind: 'restore-cache',
      place: { kind: 'here' },
      key,
      owners: known(false),
      ofStage: true,
      match: 'exact',
      failIfMissing: known(false),
      outside,
      only: paths,
    },
    does: `restores ${story}`,
  }
}

function common(caching: StageCaching, o: Resolving) {
  const key = (caching.key && resolve(caching.key, o)) ?? ('of tools' as const)
  const named = caching.paths && resolveList(caching.paths, o)
  const paths = named === undefined || (named.kind === 'known' && named.value.length === 0) ? ('of tools' as const) : named
  const what = paths === 'of tools' ? 'the folders of known tools' : paths.kind === 'known' ? paths.value.map(showText).join(', ') : paths.source
  return { key, paths, story: `${what} of the stage` }
}

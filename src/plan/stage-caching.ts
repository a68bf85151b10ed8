/** `caching` of a stage as steps: restore first, save last. Their identifiers hold a dash, which no step of a file may have. */
import { known, type Planned } from '../base/planned.ts'
import { literal } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Step } from '../pipeline/step.ts'
import type { StepNode } from '../pipeline/step-nodes.ts'
import type { CacheWork } from '../steps/cache-work.ts'
import type { PlannedCache } from '../steps/plan-cache-work.ts'
import { planStageRestore, planStageSave } from '../steps/plan-stage-caching.ts'
import { cachePaths } from './cache-paths.ts'
import type { StepSite } from './site.ts'

const restoreId = 'restore-cache-harness'
const saveId = 'save-cache-harness'

/** The steps of a stage with those around them. Caching whose `enabled` is known later has both, under that condition. */
export function withStageCaching(stage: Stage, nodes: readonly StepNode[], o: Resolving): readonly StepNode[] {
  const { caching } = stage.spec
  if (caching === undefined) return nodes
  const enabled: Planned<boolean> = (caching.enabled && resolve(caching.enabled, o)) ?? known(false)
  if (enabled.kind === 'known' && !enabled.value) return nodes
  const { policy = 'pull-push' } = caching
  const before = policy === 'push' ? [] : [implied(stage, restoreId, 'Restore cache')]
  const after = policy === 'pull' ? [] : [implied(stage, saveId, 'Save cache')]
  return [...before, ...nodes, ...after]
}

/** Undefined for every step that stands in the file. */
export function impliedCacheWork(site: StepSite, o: Resolving): PlannedCache<CacheWork> | undefined {
  const { caching } = site.stage.spec
  if (caching === undefined) return undefined
  if (site.step.identifier === saveId) return planStageSave(caching, o)
  return site.step.identifier === restoreId ? planStageRestore(caching, cachePaths(site, o), o) : undefined
}

/** A cache helps; where it fails the stage goes on without. */
function implied(stage: Stage, identifier: typeof restoreId | typeof saveId, name: string): StepNode {
  const at = stage.spec.caching?.at ?? stage.at
  const { enabled } = stage.spec.caching ?? {}
  const common = { identifier, name, at, failureStrategies: [{ onFailure: { errors: ['AllErrors'], action: { type: 'Ignore' }, at }, at }] }
  const when = enabled?.kind === 'template' ? { when: { stageStatus: 'Success', condition: enabled, at } } : {}
  const key = literal('', at)
  const spec = identifier === saveId ? { key, sourcePaths: [], at } : { key, at }
  return { key: 'step', value: { ...common, ...when, type: identifier === saveId ? 'SaveCache' : 'RestoreCache', spec } as unknown as Step, at }
}

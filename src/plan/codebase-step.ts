/** The first step of a stage with `cloneCodebase`: nobody writes it, and otherwise it is a step like others. */
import type { Deferred, Known } from '../base/planned.ts'
import { literal } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { StepPlan } from './plan.ts'
import type { Planning } from './plan-nodes.ts'
import { planStep } from './plan-step.ts'
import type { StageSite } from './site.ts'

/** As the original calls it. */
export const codebaseStepId = 'harness-git-clone'
const stepName = 'Clone codebase'

export function planCodebaseStep(site: StageSite, o: Resolving, p: Planning): readonly StepPlan[] {
  const { cloneCodebase } = site.stage.spec
  if (cloneCodebase === undefined) return []
  const wanted = resolve(cloneCodebase, o)
  if (wanted === undefined || (wanted.kind === 'known' && !wanted.value)) return []
  const step = codebaseStep(site, cloneCodebase, wanted)
  const path = `${site.stagePath}/${codebaseStepId}`
  const at = { ...site, step, codebaseStep: true as const }
  p.places.note(path, { site: at, when: step.when, images: p.images.last() })
  return [planStep(at, path, () => [], p.report)]
}

type Wanted = NonNullable<Stage['spec']['cloneCodebase']>

/** One that depends on an earlier step has that as its condition. */
function codebaseStep({ pipeline }: StageSite, cloneCodebase: Wanted, wanted: Known<boolean> | Deferred): StepOf<'GitClone'> {
  const { timeout, failureStrategies } = pipeline.properties?.ci?.codebase ?? {}
  const { at } = cloneCodebase
  return {
    identifier: codebaseStepId,
    name: stepName,
    type: 'GitClone',
    spec: { build: literal('', at), at },
    at,
    ...(timeout !== undefined && { timeout }),
    ...(failureStrategies !== undefined && { failureStrategies }),
    ...(wanted.kind === 'deferred' && { when: { stageStatus: 'Success', condition: cloneCodebase, at } }),
  }
}

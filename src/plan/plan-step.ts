/** One step at one place with what is known there: pure, and called again just before the step runs. */
import type { BuiltImage } from '../image-job/push-source.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { noteContainerSettings } from './container-notes.ts'
import type { StepPlan } from './plan.ts'
import { planFailure } from './plan-failure.ts'
import { planPretence } from './plan-pretence.ts'
import { planTimeout, planWhen } from './plan-when.ts'
import { planWork } from './plan-work.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { StepSite } from './site.ts'

/** `images`: what steps before it build. */
export function planStep(site: StepSite, path: string, images: () => readonly BuiltImage[], report: Report): StepPlan {
  const { step } = site
  const turn = site.turns.at(-1)
  const resolving = { scope: scopeAt(site), report }
  const timeoutMs = planTimeout(step.timeout, resolving)
  const { work, does } = planWork(site, images, resolving)
  noteContainerSettings(site, work, report)
  const onFailure = planFailure(site, report)
  const pretence = planPretence(site, { ...resolving, report: () => undefined })
  return {
    kind: 'step',
    path,
    identifier: step.identifier,
    name: turn === undefined ? step.name : `${step.name} (${turn.label || turn.index})`,
    type: step.type,
    does,
    when: planWhen(step.when?.stageStatus, step.when, site, report),
    work,
    at: step.at,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(onFailure.length > 0 && { onFailure }),
    ...(pretence !== undefined && { pretence }),
  }
}

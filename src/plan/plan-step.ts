/** One step at one place with what is known there: pure, and called again just before the step runs. */
import type { Report } from '../yaml/shape/shape.ts'
import type { StepSite } from './places.ts'
import type { StepPlan } from './plan.ts'
import { planTimeout, planWhen } from './plan-stages.ts'
import { planWork } from './plan-work.ts'
import { scopeAt } from './scope/scope-at.ts'

export function planStep(site: StepSite, path: string, report: Report): StepPlan {
  const { step } = site
  const resolving = { scope: scopeAt(site), report }
  const timeoutMs = planTimeout(step.timeout, resolving)
  const { work, does } = planWork(site, resolving)
  return {
    kind: 'step',
    path,
    identifier: step.identifier,
    name: step.name,
    type: step.type,
    does,
    when: planWhen(step.when?.stageStatus, step.when, site, report),
    work,
    at: step.at,
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

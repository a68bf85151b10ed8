/** Whether a node runs: by how its surroundings went, and by its condition. */
import { isGood, type Outcome } from '../events/outcome.ts'
import type { WhenPlan } from '../plan/plan.ts'

export type Standing = 'Success' | 'Failure'

/** The reason to skip, or undefined to run. `condition` is asked only when the status allows the node. */
export function whyNot(when: WhenPlan, standing: Standing, condition: () => boolean): string | undefined {
  if (when.status === 'Success' && standing === 'Failure') return 'an earlier step failed'
  if (when.status === 'Failure' && standing === 'Success') return 'it runs only after a failure'
  return condition() ? undefined : 'its condition is false'
}

export function standingAfter(outcomes: readonly Outcome[], before: Standing = 'Success'): Standing {
  return before === 'Failure' || !outcomes.every(isGood) ? 'Failure' : 'Success'
}

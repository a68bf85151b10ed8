/** `when` and `timeout`, of stages, groups and steps alike. */
import { diagnose } from '../base/diagnostic.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { durationMs } from '../pipeline/duration.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { planCondition } from './condition.ts'
import type { WhenModel } from './places.ts'
import type { WhenPlan } from './plan.ts'
import type { Site } from './site.ts'

export function planWhen(status: WhenPlan['status'] | undefined, when: WhenModel | undefined, site: Site, report: Report): WhenPlan {
  const condition = planCondition(when, site, report)
  return { status: status ?? 'Success', ...(condition !== undefined && { condition }) }
}

/** Of groups and stages, which are planned once: what is not known before the run is not kept, and said so. */
export function planTimeoutOnce(timeout: Dynamic<Text> | undefined, o: Resolving): number | undefined {
  const late = timeout !== undefined && resolve(timeout, { ...o, report: () => undefined })?.kind === 'deferred'
  if (late) o.report(diagnose('PLAN_TIMEOUT_LATE', {}, { at: timeout.at }))
  return planTimeout(timeout, o)
}

/** A timeout that is known later is planned again, with everything else, when its step is about to run. */
export function planTimeout(timeout: Dynamic<Text> | undefined, o: Resolving): number | undefined {
  const planned = timeout === undefined ? undefined : resolve(timeout, o)
  if (planned?.kind !== 'known' || typeof planned.value !== 'string' || planned.value.trim() === '') return undefined
  const ms = durationMs(planned.value)
  if (ms === undefined) o.report(diagnose('MODEL_BAD_TIMEOUT', { path: 'timeout', found: planned.value }, { at: timeout?.at }))
  return ms
}

/** `when.condition`: whether it holds now, and how it reads in a plan. */

import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import { isSecretText } from '../base/secret-text.ts'
import { resolve } from '../dynamic/resolve.ts'
import type { ExprValue } from '../expr/value.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { WhenModel } from './places.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { Site } from './site.ts'

export function planCondition(when: WhenModel | undefined, site: Site, report: Report): Planned<boolean> | undefined {
  if (when?.condition === undefined) return undefined
  const planned = resolve(when.condition, { scope: scopeAt(site), report, purpose: 'condition' })
  return planned?.kind === 'known' ? known(isTrue(planned.value)) : planned
}

export function conditionHolds(when: WhenModel | undefined, site: Site, report: Report): boolean {
  const planned = planCondition(when, site, report)
  if (planned?.kind === 'deferred') report(diagnose('VALUE_NOT_KNOWN', { source: planned.source, until: planned.until }, { at: planned.at }))
  return planned === undefined || (planned.kind === 'known' && planned.value)
}

/** A text holds unless it is empty or says false. */
export function isTrue(value: ExprValue): boolean {
  if (typeof value === 'string') return value !== '' && value !== 'false'
  return value !== null && value !== false && value !== 0 && !isSecretText(value)
}

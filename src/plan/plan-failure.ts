/** `failureStrategies` of a step, its groups and its stage, with what is known at the place. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { DynamicList } from '../dynamic/shapes.ts'
import { durationMs } from '../pipeline/duration.ts'
import type { FailureAction, FailureStrategies } from '../pipeline/strategy.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { isTrue } from './condition.ts'
import type { FailureAct, FailureLevels, FailureRule } from './failure-plan.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { Site } from './site.ts'

const intervalDefaultMs = 0
const askDefaultMs = 24 * 3_600_000

export function planFailure(site: Site, report: Report): FailureLevels {
  const resolving = { scope: scopeAt(site), report }
  const groups = [...site.groups].reverse().map(({ group, path }) => planRules(group.failureStrategies ?? [], { ...resolving, group: path }))
  const levels = [planRules(site.step?.failureStrategies ?? [], resolving), ...groups, planRules(site.stage?.failureStrategies ?? [], resolving)]
  return levels.filter((rules) => rules.length > 0)
}

/** For failures of the stage itself: nothing of its steps. */
export function planStageFailure(site: Site, report: Report): FailureLevels {
  const rules = planRules(site.stage?.failureStrategies ?? [], { scope: scopeAt(site), report })
  return rules.length === 0 ? [] : [rules]
}

interface Level extends Resolving {
  /** Path of the group whose strategies they are. */
  readonly group?: string
}

function planRules(strategies: FailureStrategies, o: Level): readonly FailureRule[] {
  return strategies.map(({ onFailure }) => ({ errors: onFailure.errors, act: planAct(onFailure.action, o) }))
}

function planAct({ type, spec }: FailureAction, o: Level): FailureAct {
  switch (type) {
    case 'Ignore':
      return { kind: 'ignore' }
    case 'MarkAsSuccess':
      return { kind: 'mark-success' }
    case 'MarkAsFailure':
      return { kind: 'mark-failure' }
    case 'Abort':
      return { kind: 'abort' }
    case 'StageRollback':
      return { kind: 'rollback', what: 'stage' }
    case 'StepGroupRollback':
      return { kind: 'rollback', what: 'step group' }
    case 'PipelineRollback':
      return { kind: 'rollback', what: 'pipeline' }
    case 'ProceedWithDefaultValues':
      return { kind: 'proceed-with-defaults' }
    case 'ManualIntervention':
      return { kind: 'ask', timeoutMs: waitOf(spec?.timeout, o) ?? askDefaultMs, otherwise: nextOf(spec?.onTimeout, o) }
    case 'Retry':
    case 'RetryStepGroup': {
      const condition = spec?.condition === undefined ? undefined : planTruth(spec.condition, o)
      return {
        kind: type === 'Retry' ? 'retry' : 'retry-group',
        count: (spec?.retryCount === undefined ? undefined : resolve(spec.retryCount, o)) ?? known(1),
        intervalsMs: intervalsOf(spec?.retryIntervals, o),
        ...(condition !== undefined && { condition }),
        ...(o.group !== undefined && { group: o.group }),
        otherwise: nextOf(spec?.onRetryFailure, o),
      }
    }
  }
}

function nextOf(next: { readonly action: FailureAction } | undefined, o: Level): FailureAct {
  return next === undefined ? { kind: 'mark-failure' } : planAct(next.action, o)
}

type Condition = NonNullable<NonNullable<FailureAction['spec']>['condition']>

function planTruth(condition: Condition, o: Resolving): Planned<boolean> | undefined {
  const planned = resolve(condition, { ...o, purpose: 'condition' })
  if (planned?.kind !== 'known') return planned
  return known(isTrue(planned.value))
}

function waitOf(text: Parameters<typeof resolve<Text>>[0] | undefined, o: Resolving): number | undefined {
  const planned = text === undefined ? undefined : resolve(text, o)
  return planned?.kind === 'known' && typeof planned.value === 'string' ? sumMs(planned.value) : undefined
}

function intervalsOf(list: DynamicList | undefined, o: Resolving): readonly number[] {
  if (list === undefined) return [intervalDefaultMs]
  const items = 'kind' in list ? resolve(list, o) : undefined
  const texts = 'kind' in list ? (items?.kind === 'known' ? items.value : []) : list.flatMap((item) => knownText(resolve(item, o)))
  const at = 'kind' in list ? list.at : list[0]?.at
  const waits = texts.map((text) => {
    const ms = typeof text === 'string' ? (durationMs(text) ?? sumMs(text)) : undefined
    if (ms === undefined) o.report(diagnose('MODEL_BAD_TIMEOUT', { path: 'retryIntervals', found: typeof text === 'string' ? text : 'a secret' }, { at }))
    return ms ?? intervalDefaultMs
  })
  return waits.length === 0 ? [intervalDefaultMs] : waits
}

function knownText(planned: Planned<Text> | undefined): readonly Text[] {
  return planned?.kind === 'known' ? [planned.value] : []
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** Single seconds are allowed here: `5s`. */
function sumMs(text: string): number | undefined {
  if (!/^(?:\d+[smhdw]\s*)+$/.test(text.trim())) return undefined
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ''] ?? 0), 0)
}

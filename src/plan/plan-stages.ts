/** Stages and their trees of steps, in the order of the file. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { durationMs } from '../pipeline/duration.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { StepNode as StepModel } from '../pipeline/step-nodes.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { planCondition } from './condition.ts'
import type { WhenModel } from './places.ts'
import type { StageNode, StagePlan, StepNode, WhenPlan } from './plan.ts'
import { planInfrastructure } from './plan-infrastructure.ts'
import { planStep } from './plan-step.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { Site } from './site.ts'

export function planStages(site: Site, report: Report): readonly StageNode[] {
  return site.pipeline.stages.map((node) =>
    node.key === 'stage'
      ? planStage(node.value, site, report)
      : { kind: 'parallel', children: node.value.map((member) => planStage(member.value, site, report)) },
  )
}

function planStage(stage: Stage, base: Site, report: Report): StagePlan {
  const site = { ...base, stage }
  const resolving: Resolving = { scope: scopeAt(site), report }
  const path = stage.identifier
  const timeoutMs = planTimeout(stage.timeout, resolving)
  return {
    kind: 'stage',
    path,
    identifier: stage.identifier,
    name: stage.name,
    when: planWhen(stage.when?.pipelineStatus, stage.when, site, report),
    infrastructure: planInfrastructure(stage, site, report),
    clone: stage.spec.cloneCodebase === undefined ? known(false) : (resolve(stage.spec.cloneCodebase, resolving) ?? known(false)),
    variables: Object.fromEntries(
      (stage.variables ?? []).flatMap((variable) => planVariable(variable.name, variable.value ?? variable.default ?? undefined, resolving)),
    ),
    steps: planNodes(stage.spec.execution.steps, path, site, report),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

function planVariable(name: string, value: Dynamic<Text> | undefined, o: Resolving): readonly [string, Planned<Text>][] {
  const planned = value === undefined ? undefined : resolve(value, o)
  return planned === undefined ? [] : [[name, planned]]
}

function planNodes(nodes: readonly StepModel[], parent: string, site: Site, report: Report): readonly StepNode[] {
  return nodes.map((node): StepNode => {
    if (node.key === 'parallel') return { kind: 'parallel', children: planNodes(node.value, parent, site, report) }
    const path = `${parent}/${node.value.identifier}`
    if (node.key === 'step') {
      if (site.stage === undefined) throw new Error('a step outside of a stage')
      return planStep({ ...site, stage: site.stage, step: node.value }, path, report)
    }
    const group = node.value
    const { identifier, name } = group
    const children = planNodes(group.steps, path, { ...site, groups: [...site.groups, group] }, report)
    return { kind: 'group', path, identifier, name, when: planWhen(group.when?.stageStatus, group.when, site, report), children }
  })
}

export function planWhen(status: WhenPlan['status'] | undefined, when: WhenModel | undefined, site: Site, report: Report): WhenPlan {
  const condition = planCondition(when, site, report)
  return { status: status ?? 'Success', ...(condition !== undefined && { condition }) }
}

/** A timeout that is known too late to be used is an error: nobody would wait for it. */
export function planTimeout(timeout: Dynamic<Text> | undefined, o: Resolving): number | undefined {
  if (timeout === undefined) return undefined
  const planned = resolve(timeout, o)
  if (planned?.kind !== 'known' || typeof planned.value !== 'string' || planned.value.trim() === '') return undefined
  const ms = durationMs(planned.value)
  if (ms === undefined) o.report(diagnose('MODEL_BAD_TIMEOUT', { path: 'timeout', found: planned.value }, { at: timeout.at }))
  return ms
}

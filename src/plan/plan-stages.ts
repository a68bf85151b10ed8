/** Stages in the order of the file, loops unrolled. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { Stage } from '../pipeline/stage.ts'
import { planCodebaseStep } from './codebase-step.ts'
import { expandStrategy } from './expand-strategy.ts'
import type { Turn } from './loop.ts'
import { limitsOf, named } from './loop-settings.ts'
import type { StageNode, StagePlan } from './plan.ts'
import { planInfrastructure } from './plan-infrastructure.ts'
import { type Planning, planNodes } from './plan-nodes.ts'
import { planTimeoutOnce, planWhen } from './plan-when.ts'
import { scopeAt } from './scope/scope-at.ts'
import { sharedPathsOf } from './shared-paths.ts'
import type { Site } from './site.ts'
import { withStageCaching } from './stage-caching.ts'

type OneStage = Exclude<StageNode, { readonly kind: 'parallel' }>

export function planStages(site: Site, p: Planning): readonly StageNode[] {
  return site.pipeline.stages.map((node) =>
    node.key === 'stage' ? planLooped(node.value, site, p) : { kind: 'parallel', children: node.value.map((member) => planLooped(member.value, site, p)) },
  )
}

export function planLooped(stage: Stage, site: Site, p: Planning): OneStage {
  if (stage.strategy === undefined) return planStage(stage, site, p)
  const { identifier, name } = stage
  const loop = { kind: 'loop', path: identifier, identifier, name, at: stage.at } as const
  const expansion = expandStrategy(stage.strategy, identifier, { scope: scopeAt(site), report: p.report })
  if (expansion === undefined) return { ...loop, children: [] }
  if (expansion.kind === 'later') {
    p.places.note(identifier, { site, loop: { kind: 'stage', stage } })
    return { ...loop, children: [], decided: expansion.deferred }
  }
  const children = expansion.turns.map((turn) => {
    const inside = { scope: scopeAt({ ...site, stage, stagePath: identifier, stageTurn: turn }), report: p.report }
    return planStage(stage, site, p, named(turn, expansion, inside))
  })
  return { ...loop, children, ...limitsOf(expansion) }
}

function planStage(stage: Stage, base: Site, p: Planning, turn?: Turn): StagePlan {
  const path = `${stage.identifier}${turn?.postfix ?? ''}`
  const site = { ...base, stage, stagePath: path, ...(turn !== undefined && { stageTurn: turn }) }
  const resolving: Resolving = { scope: scopeAt(site), report: p.report }
  const timeoutMs = planTimeoutOnce(stage.timeout, resolving)
  const sharedPaths = sharedPathsOf(stage)
  p.places.note(path, { site, when: stage.when })
  return {
    kind: 'stage',
    path,
    identifier: stage.identifier,
    name: turn === undefined ? stage.name : `${stage.name} (${turn.label || turn.index})`,
    when: planWhen(stage.when?.pipelineStatus, stage.when, site, p.report),
    infrastructure: planInfrastructure(stage, site, p.report),
    variables: Object.fromEntries(
      (stage.variables ?? []).flatMap((variable) => planVariable(variable.name, variable.value ?? variable.default ?? undefined, resolving)),
    ),
    steps: [...planCodebaseStep(site, resolving, p), ...planNodes(withStageCaching(stage, stage.spec.execution.steps, resolving), path, site, p)],
    ...(sharedPaths.length > 0 && { sharedPaths }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  }
}

function planVariable(name: string, value: Dynamic<Text> | undefined, o: Resolving): readonly [string, Planned<Text>][] {
  const planned = value === undefined ? undefined : resolve(value, o)
  return planned === undefined ? [] : [[name, planned]]
}

/** The tree of a stage's steps, loops unrolled, each path noted with the model behind it. */

import type { StepNode as StepModel } from '../pipeline/step-nodes.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { checkArchives } from './check-archives.ts'
import { expandStrategy } from './expand-strategy.ts'
import type { ImageTrail } from './image-trail.ts'
import type { Turn } from './loop.ts'
import { limitsOf, named } from './loop-settings.ts'
import type { Places } from './places.ts'
import type { StepNode } from './plan.ts'
import { planStep } from './plan-step.ts'
import { planTimeoutOnce, planWhen } from './plan-when.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { StageSite } from './site.ts'

export interface Planning {
  readonly report: Report
  readonly places: Places
  /** Image steps so far, in order: what a push without a source may mean. */
  readonly images: ImageTrail
}

type Named = Exclude<StepModel, { readonly key: 'parallel' }>

export function planNodes(nodes: readonly StepModel[], parent: string, site: StageSite, p: Planning): readonly StepNode[] {
  return nodes.map((node) => (node.key === 'parallel' ? planParallel(node.value, parent, site, p) : planNamed(node, parent, site, p)))
}

/** Members do not come before one another: each sees only the images from before the group. */
function planParallel(nodes: readonly StepModel[], parent: string, site: StageSite, p: Planning): StepNode {
  const members = nodes.map((node) => ({ node, images: p.images.branch() }))
  const children = members.flatMap(({ node, images }) => planNodes([node], parent, site, { ...p, images }))
  for (const { images } of members) p.images.join(images)
  checkArchives(children, p.report)
  return { kind: 'parallel', children }
}

function planNamed(node: Named, parent: string, site: StageSite, p: Planning): StepNode {
  const { strategy } = node.value
  if (strategy === undefined) return planOne(node, parent, site, p)
  const { identifier, name } = node.value
  const path = `${parent}/${identifier}`
  const expansion = expandStrategy(strategy, path, { scope: scopeAt(site), report: p.report })
  const loop = { kind: 'loop', path, identifier, name, at: node.value.at } as const
  if (expansion === undefined) return { ...loop, children: [] }
  if (expansion.kind === 'later') {
    p.places.note(path, { site, loop: { kind: 'step', model: node, site, parent, images: p.images.last() } })
    return { ...loop, children: [], decided: expansion.deferred }
  }
  const members = expansion.turns.map((turn) => {
    const inside = { scope: scopeAt({ ...site, turns: [...site.turns, turn] }), report: p.report }
    return { turn: named(turn, expansion, inside), images: p.images.branch() }
  })
  const children = members.map(({ turn, images }) => planOne(node, parent, site, { ...p, images }, turn))
  for (const { images } of members) p.images.join(images)
  checkArchives(children, p.report)
  return { ...loop, children, ...limitsOf(expansion) }
}

function planOne(node: Named, parent: string, outside: StageSite, p: Planning, turn?: Turn): StepNode {
  const path = `${parent}/${node.value.identifier}${turn?.postfix ?? ''}`
  const site = turn === undefined ? outside : { ...outside, turns: [...outside.turns, turn] }
  if (node.key === 'step') {
    p.places.note(path, { site: { ...site, step: node.value }, when: node.value.when, images: p.images.last() })
    const plan = planStep({ ...site, step: node.value }, path, () => p.images.seenFrom(site.stagePath), p.report)
    p.images.add(plan, site.stagePath)
    return plan
  }
  const group = node.value
  const inside = { ...site, groups: [...site.groups, { group, path, ...(turn !== undefined && { turn }) }] }
  p.places.note(path, { site, when: group.when, inside })
  const children = planNodes(group.steps, path, inside, p)
  const timeoutMs = planTimeoutOnce(group.timeout, { scope: scopeAt(site), report: p.report })
  const name = turn === undefined ? group.name : `${group.name} (${turn.label || turn.index})`
  const when = planWhen(group.when?.stageStatus, group.when, site, p.report)
  return { kind: 'group', path, identifier: group.identifier, name, when, ...(timeoutMs !== undefined && { timeoutMs }), children }
}

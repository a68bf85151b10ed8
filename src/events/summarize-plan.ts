/** A plan's tree of names, for viewers. */

import { unreachable } from '../base/unreachable.ts'
import type { LoopPlan, Plan, StageLoop, StageMember, StageNode, StagePlan, StepNode } from '../plan/plan.ts'
import type { LoopSummary, PlanSummary, StageSummary, StageSummaryNode, SummaryNode } from './plan-summary.ts'
import { stepPath } from './step-path.ts'

export function summarizePlan(plan: Plan): PlanSummary {
  return {
    pipeline: { identifier: plan.pipeline.identifier, name: plan.pipeline.name },
    stages: plan.stages.map(stageNode),
  }
}

function stageNode(node: StageNode): StageSummaryNode {
  if (node.kind === 'stage') return stage(node)
  if (node.kind === 'loop') return { kind: 'parallel', loop: loop(node), children: node.children.map(stage) }
  return { kind: 'parallel', children: node.children.flatMap(member) }
}

function loop({ path, name, maxConcurrency }: LoopPlan | StageLoop): LoopSummary {
  return { path: stepPath(path), name, ...(maxConcurrency !== undefined && { atOnce: maxConcurrency }) }
}

function member(node: StageMember): readonly StageSummary[] {
  return node.kind === 'stage' ? [stage(node)] : node.children.map(stage)
}

function stage(plan: StagePlan): StageSummary {
  return { kind: 'stage', path: stepPath(plan.path), name: plan.name, infrastructure: plan.infrastructure.on, steps: plan.steps.map(step) }
}

/** The turns of a loop run side by side, so to viewers it is a parallel group. */
function step(plan: StepNode): SummaryNode {
  switch (plan.kind) {
    case 'step':
      return { kind: 'step', path: stepPath(plan.path), name: plan.name, type: plan.type }
    case 'group':
      return { kind: 'group', path: stepPath(plan.path), name: plan.name, children: plan.children.map(step) }
    case 'parallel':
      return { kind: 'parallel', children: plan.children.map(step) }
    case 'loop':
      return { kind: 'parallel', loop: loop(plan), children: plan.children.map(step) }
    default:
      return unreachable(plan)
  }
}

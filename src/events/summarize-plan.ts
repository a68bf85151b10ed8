/** A plan's tree of names, for viewers. */

import { unreachable } from '../base/unreachable.ts'
import type { Plan, StagePlan, StepNode } from '../plan/plan.ts'
import type { PlanSummary, StageSummary, SummaryNode } from './plan-summary.ts'
import { stepPath } from './step-path.ts'

export function summarizePlan(plan: Plan): PlanSummary {
  return {
    pipeline: { identifier: plan.pipeline.identifier, name: plan.pipeline.name },
    stages: plan.stages.map((node) => (node.kind === 'stage' ? stage(node) : { kind: 'parallel', children: node.children.map(stage) })),
  }
}

function stage(plan: StagePlan): StageSummary {
  return { kind: 'stage', path: stepPath(plan.path), name: plan.name, infrastructure: plan.infrastructure.on, steps: plan.steps.map(node) }
}

function node(plan: StepNode): SummaryNode {
  switch (plan.kind) {
    case 'step':
      return { kind: 'step', path: stepPath(plan.path), name: plan.name, type: plan.type }
    case 'group':
      return { kind: 'group', path: stepPath(plan.path), name: plan.name, children: plan.children.map(node) }
    case 'parallel':
      return { kind: 'parallel', children: plan.children.map(node) }
    default:
      return unreachable(plan)
  }
}

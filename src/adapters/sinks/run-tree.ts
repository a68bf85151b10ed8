/** The plan's tree with the views of its nodes, and with those that came up on the way: the turns of loops decided at run time. Pure. */
import { type StageSummary, type SummaryNode, stagesOf, stepsOf } from '../../events/plan-summary.ts'
import type { RunView, StageView, StepView } from '../../events/run-view.ts'
import type { StepPath } from '../../events/step-path.ts'

export type TreeNode =
  | { readonly kind: 'step'; readonly step: StepView }
  /** A stage has a view of its own; a group is what its steps are. */
  | { readonly kind: 'branch'; readonly name: string; readonly stage?: StageView; readonly children: readonly TreeNode[] }

export function treeOf(view: RunView): readonly TreeNode[] {
  const planned = [...stagesOf(view.plan?.stages ?? [])]
  const late = unplanned(view, planned)
  const stages = planned.map((stage) => branch(stage.path, stage.name, nodesOf(stage.steps, view), view, late))
  const known = new Set(planned.map((stage) => stage.path))
  for (const stage of view.stages.values()) if (!known.has(stage.path)) stages.push(branch(stage.path, lastName(stage.path), [], view, late))
  return stages
}

function branch(path: StepPath, name: string, children: readonly TreeNode[], view: RunView, late: readonly StepView[]): TreeNode {
  const stage = view.stages.get(path)
  const added = late.filter((step) => step.path.startsWith(`${path}/`)).map((step): TreeNode => ({ kind: 'step', step }))
  return { kind: 'branch', name, ...(stage !== undefined && { stage }), children: [...children, ...added] }
}

/** Steps side by side and one after another look the same: each has its row. */
function nodesOf(nodes: readonly SummaryNode[], view: RunView): readonly TreeNode[] {
  return nodes.flatMap((node): readonly TreeNode[] => {
    if (node.kind === 'parallel') return nodesOf(node.children, view)
    if (node.kind === 'group') return [{ kind: 'branch', name: node.name, children: nodesOf(node.children, view) }]
    const step = view.steps.get(node.path)
    return step === undefined ? [] : [{ kind: 'step', step }]
  })
}

function unplanned(view: RunView, stages: readonly StageSummary[]): readonly StepView[] {
  const planned = new Set(stages.flatMap((stage) => [...stepsOf(stage.steps)].map((step) => step.path)))
  return planned.size === view.steps.size ? [] : [...view.steps.values()].filter((step) => !planned.has(step.path))
}

function lastName(path: string): string {
  return path.split('/').at(-1) ?? path
}

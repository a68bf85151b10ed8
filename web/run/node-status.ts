/** How a node of the tree stands: a stage says it itself, a group is what its steps are. */
import type { RunView } from '../../src/events/run-view.ts'
import type { StepPath } from '../../src/events/step-path.ts'
import { type RunNode, stepsIn } from '../graph/run-tree.ts'
import type { Status } from '../status/status.ts'
import { groupStatus, stepStatus } from '../status/step-status.ts'

export function nodeStatus(node: RunNode, view: RunView): Status {
  if (node.kind === 'step') {
    const step = view.steps.get(node.key as StepPath)
    return step === undefined ? 'waiting' : stepStatus(step)
  }
  const inside = stepStatuses(node, view)
  const stage = node.kind === 'stage' ? view.stages.get(node.key as StepPath)?.status : undefined
  if (stage !== undefined && stage !== 'running') return stage
  return inside.includes('asking') ? 'asking' : (stage ?? groupStatus(inside))
}

export function stepStatuses(node: RunNode, view: RunView): readonly Status[] {
  return stepsIn(node).map((step) => nodeStatus(step, view))
}

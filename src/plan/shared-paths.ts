/** The folders that all steps of a stage see beside the workspace: those of the stage, and of its groups. As they are written. */
import type { Stage } from '../pipeline/stage.ts'
import type { StepNode } from '../pipeline/step-nodes.ts'

export function sharedPathsOf({ spec }: Stage): readonly string[] {
  return [...new Set([...list(spec.sharedPaths), ...spec.execution.steps.flatMap(ofNode)])]
}

function ofNode(node: StepNode): readonly string[] {
  if (node.key === 'step') return []
  if (node.key === 'parallel') return node.value.flatMap(ofNode)
  return [...list(node.value.sharedPaths), ...node.value.steps.flatMap(ofNode)]
}

function list(paths: string | readonly string[] | undefined): readonly string[] {
  return paths === undefined ? [] : typeof paths === 'string' ? [paths] : paths
}

/** Identifiers of a stage's services: the names by which its steps reach them. */
import type { StepNode } from '../../../plan/plan.ts'

export function serviceNames(nodes: readonly StepNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(namesOf))].filter((name) => /^[\w.-]+$/.test(name))
}

function namesOf(node: StepNode): readonly string[] {
  if (node.kind !== 'step') return node.children.flatMap(namesOf)
  return node.type === 'Background' ? [node.identifier] : []
}

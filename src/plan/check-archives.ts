/** Members of a parallel group, or turns of a loop, must not write one archive. */
import { diagnose } from '../base/diagnostic.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { StepNode, StepPlan } from './plan.ts'

export function checkArchives(members: readonly StepNode[], report: Report): void {
  const writers = new Map<string, StepPlan>()
  for (const member of members) {
    for (const [path, step] of archivesOf(member)) {
      const first = writers.get(path)
      if (first === undefined) writers.set(path, step)
      else report(diagnose('PLAN_SAME_ARCHIVE', { path }, { at: step.at, related: [{ message: 'the other one', at: first.at }] }))
    }
  }
}

/** Within one member steps may overwrite a file of their own: the last one counts. */
function archivesOf(node: StepNode): ReadonlyMap<string, StepPlan> {
  const found = new Map<string, StepPlan>()
  if (node.kind !== 'step') {
    for (const child of node.children) for (const [path, step] of archivesOf(child)) found.set(path, step)
    return found
  }
  if (node.work.kind !== 'image' || node.work.plan.kind !== 'job') return found
  for (const output of node.work.plan.job.outputs) if ('path' in output && output.path.kind === 'known') found.set(output.path.value, node)
  return found
}

/** The builders that a stage will need, asked before it begins whether they can work at all. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { StagePlan, StepNode } from '../plan/plan.ts'
import type { RunContext } from './parts.ts'

/** A run that only pretends needs none. */
export async function enginesReady(stage: StagePlan, { builders, signal }: Pick<RunContext, 'builders' | 'signal'>): Promise<readonly Diagnostic[]> {
  if (stage.infrastructure.on === 'fake') return []
  const found: Diagnostic[] = []
  for (const engine of new Set(stage.steps.flatMap(enginesOf))) found.push(...((await builders[engine]?.ready?.({ signal })) ?? []))
  return found
}

function enginesOf(node: StepNode): readonly string[] {
  if (node.kind !== 'step') return node.children.flatMap(enginesOf)
  const { work } = node
  if (work.kind !== 'image') return []
  const pushes = work.plan.kind === 'skip' || (work.plan.kind === 'job' && work.plan.job.source.kind !== 'build')
  return pushes ? [] : [work.engine.name]
}

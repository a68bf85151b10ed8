/** Identifiers are addresses: unique among the stages of a pipeline, and among the steps and groups of each list of a stage. */
import { diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { Pipeline } from './pipeline.ts'
import type { Stage } from './stage.ts'
import type { StepNode } from './step-nodes.ts'

interface Named {
  readonly identifier: string
  readonly at: Span
}

export function stagesOfPipeline(pipeline: Pipeline): readonly Stage[] {
  return pipeline.stages.flatMap((node) => (node.key === 'stage' ? [node.value] : node.value.map((member) => member.value)))
}

export function checkIds(pipeline: Pipeline, report: Report): void {
  const stages = stagesOfPipeline(pipeline)
  checkUnique(stages, `the pipeline "${pipeline.identifier}"`, report)
  for (const stage of stages) {
    checkSteps(stage.spec.execution.steps, `the stage "${stage.identifier}"`, report)
  }
}

/** Members of a parallel group share the scope around them; a step group has a scope of its own. */
function checkSteps(nodes: readonly StepNode[], where: string, report: Report): void {
  const scope = [...scopeOf(nodes)]
  checkUnique(scope, where, report)
  for (const named of scope) if ('steps' in named) checkSteps(named.steps, `${where}, group "${named.identifier}"`, report)
}

function* scopeOf(nodes: readonly StepNode[]): Generator<Named | (Named & { readonly steps: readonly StepNode[] })> {
  for (const node of nodes) {
    if (node.key === 'parallel') yield* scopeOf(node.value)
    else yield node.value
  }
}

function checkUnique(named: readonly Named[], where: string, report: Report): void {
  const first = new Map<string, Named>()
  for (const one of named) {
    const before = first.get(one.identifier)
    if (before === undefined) first.set(one.identifier, one)
    else report(diagnose('MODEL_DUPLICATE_ID', { id: one.identifier, where }, { at: one.at, related: [{ message: 'first used here', at: before.at }] }))
  }
}

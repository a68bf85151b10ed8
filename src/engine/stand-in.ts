/** What is there instead of a stage that does not run: nothing, because it was not selected, or what it came to in an earlier run. */
import { diagnose } from '../base/diagnostic.ts'
import type { Outcome } from '../events/outcome.ts'
import type { RunEvent } from '../events/run-event.ts'
import { type StepPath, stepPath } from '../events/step-path.ts'
import type { StagePlan, StepNode } from '../plan/plan.ts'
import { imagesTaken } from './images-taken.ts'
import { factsOf, statusOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import { skipAll } from './run-nodes.ts'
import type { RunState } from './run-stage.ts'

export type StandIn =
  | { readonly kind: 'unselected' }
  /** It runs all the same; people are told why. */
  | { readonly kind: 'not-taken'; readonly from: string }
  /** Outcomes and outputs of its steps, images and files, as the earlier run told of them. */
  | { readonly kind: 'taken'; readonly from: string; readonly events: readonly RunEvent[] }

/** Undefined: the stage is to be run. */
export async function standIn(stage: StagePlan, run: RunState, context: RunContext): Promise<Outcome | undefined> {
  const instead = run.launch.instead?.(stage)
  const at = stepPath(stage.path)
  if (instead === undefined) return undefined
  if (instead.kind === 'unselected') return skipAll(stage.steps, { kind: 'skipped', because: 'it was not selected' }, run, context)
  if (instead.kind === 'not-taken') {
    await context.emit({ kind: 'stage.note', stage: at, note: diagnose('STAGE_NOT_TAKEN', { run: instead.from }) })
    return undefined
  }
  const images = await imagesTaken(stage.path, instead.events, run.launch.plan, context)
  if (images.kind === 'gone') {
    await context.emit({ kind: 'stage.note', stage: at, note: diagnose('ARCHIVE_GONE', { run: instead.from, path: images.path }) })
    return undefined
  }
  for (const image of images.images) run.images.add(image)
  await context.emit({ kind: 'stage.note', stage: at, note: diagnose('STAGE_TAKEN', { run: instead.from }) })
  const passed: Outcome = { kind: 'passed' }
  const outputs = new Map<StepPath, Map<string, string>>()
  for (const event of instead.events) {
    await context.emit(event)
    if (event.kind === 'step.outputs')
      outputs.set(event.step, new Map([...(outputs.get(event.step) ?? []), ...event.outputs.map((o) => [o.name, o.value] as const)]))
    if (event.kind === 'code.placed' && event.underBuild) run.knowledge.codebase = event.codebase
    if (event.kind === 'step.finished') run.knowledge.set(event.step, factsOf({ outcome: event.outcome, outputs: outputs.get(event.step) ?? new Map() }))
  }
  for (const group of groupsOf(stage.steps)) run.knowledge.set(group, { status: statusOf(passed), outputs: new Map() })
  return passed
}

function groupsOf(nodes: readonly StepNode[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'step' ? [] : [...(node.kind === 'group' ? [node.path] : []), ...groupsOf(node.children)]))
}

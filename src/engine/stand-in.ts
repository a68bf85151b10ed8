/** What is there instead of a stage that does not run: nothing, because it was not selected, or what it came to in an earlier run. */
import { diagnose } from '../base/diagnostic.ts'
import type { Outcome } from '../events/outcome.ts'
import type { RunEvent } from '../events/run-event.ts'
import { type StepPath, stepPath } from '../events/step-path.ts'
import type { Plan, StageNode, StagePlan, StepNode } from '../plan/plan.ts'
import { imagesTaken } from './images-taken.ts'
import { factsOf, statusOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import type { Past } from './past/past.ts'
import { skipAll } from './run-nodes.ts'
import type { RunState } from './run-stage.ts'

export type StandIn =
  | { readonly kind: 'unselected' }
  /** It runs all the same; people are told why. */
  | { readonly kind: 'not-taken'; readonly from: string }
  /** Outcomes and outputs of its steps, images and files, as the earlier run told of them. */
  | { readonly kind: 'taken'; readonly from: string; readonly events: readonly RunEvent[]; readonly outcome?: Outcome }

/** Undefined: the stage is to be run. */
export async function standIn(stage: StagePlan, run: RunState, context: RunContext): Promise<Outcome | undefined> {
  const instead = run.launch.instead?.(stage) ?? ofThePast(stage, run)
  return instead === undefined ? undefined : standInBy(instead, stage, run, context)
}

/** Of this very run: what it came to before its process died. */
function ofThePast(stage: StagePlan, { launch: { past, plan } }: RunState): StandIn | undefined {
  return past?.stage(stage.path) === 'ended' ? standInOf(stage, past, plan) : undefined
}

/** Undefined: it was not over. */
export function standInOf({ path }: StagePlan, past: Past, plan: Plan): StandIn | undefined {
  const ended = past.ended(path)
  if (ended === undefined) return undefined
  // Where nothing comes after it, nobody will ask for them.
  const others = stagesOf(plan.stages).filter((other) => other !== path && past.stage(other) !== 'ended')
  const secret = others.length > 0 && ended.events.some((event) => event.kind === 'step.outputs' && event.outputs.some((output) => output.secret))
  return secret ? { kind: 'not-taken', from: past.name } : { kind: 'taken', from: past.name, ...ended }
}

/** Undefined: it runs all the same. */
export async function standInBy(instead: StandIn, stage: StagePlan, run: RunState, context: RunContext): Promise<Outcome | undefined> {
  const at = stepPath(stage.path)
  const { past } = run.launch
  if (instead.kind === 'unselected') return skipAll(stage.steps, { kind: 'skipped', because: 'it was not selected' }, run, context)
  if (instead.kind === 'not-taken') {
    past?.forget(stage.path)
    await context.emit({ kind: 'stage.note', stage: at, note: diagnose('STAGE_NOT_TAKEN', { run: instead.from }) })
    return undefined
  }
  const images = await imagesTaken(stage.path, instead.events, run.launch.plan, context)
  if (images.kind === 'gone') {
    past?.forget(stage.path)
    await context.emit({ kind: 'stage.note', stage: at, note: diagnose('ARCHIVE_GONE', { run: instead.from, path: images.path }) })
    return undefined
  }
  for (const image of images.images) run.images.add(image)
  // That a run is as it was is no news in it.
  if (past === undefined) await context.emit({ kind: 'stage.note', stage: at, note: diagnose('STAGE_TAKEN', { run: instead.from }) })
  const outcome: Outcome = instead.outcome ?? { kind: 'passed' }
  const outputs = new Map<StepPath, Map<string, string>>()
  for (const event of instead.events) {
    if (past === undefined) await context.emit(event)
    if (event.kind === 'step.outputs')
      outputs.set(event.step, new Map([...(outputs.get(event.step) ?? []), ...event.outputs.map((o) => [o.name, o.value] as const)]))
    if (event.kind === 'code.placed' && event.underBuild) run.knowledge.codebase = event.codebase
    if (event.kind === 'step.finished') run.knowledge.set(event.step, factsOf({ outcome: event.outcome, outputs: outputs.get(event.step) ?? new Map() }))
  }
  for (const group of groupsOf(stage.steps)) run.knowledge.set(group, { status: statusOf(outcome), outputs: new Map() })
  return outcome
}

/** One that is only known later has no path yet. */
function stagesOf(nodes: readonly StageNode[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'stage' ? [node.path] : node.kind === 'loop' && node.decided !== undefined ? [''] : stagesOf(node.children)))
}

function groupsOf(nodes: readonly StepNode[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'step' ? [] : [...(node.kind === 'group' ? [node.path] : []), ...groupsOf(node.children)]))
}

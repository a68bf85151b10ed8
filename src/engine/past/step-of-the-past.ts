/** A step that Slipway did itself before its process died: taken as it was, if what it came to is still there. */
import { diagnose } from '../../base/diagnostic.ts'
import { stepPath } from '../../events/step-path.ts'
import type { StepPlan } from '../../plan/plan.ts'
import { imagesTaken } from '../images-taken.ts'
import type { RunContext } from '../parts.ts'
import type { StageState } from '../run-nodes.ts'
import type { StepDone } from '../run-step.ts'
import type { Part } from './parts-of.ts'
import type { Past } from './past.ts'

/** A stage whose steps are found again where they ran. */
export interface Resumed {
  readonly past: Past
  /** How often each step had begun there. */
  readonly begun: ReadonlyMap<string, number>
}

/** Undefined: it is to be done, again or for the first time. */
export async function stepOfThePast(step: StepPlan, state: StageState, context: RunContext): Promise<StepDone | undefined> {
  const { resumed } = state
  // Processes are found where they ran.
  if (resumed === undefined || step.work.kind === 'run' || step.work.kind === 'service') return undefined
  const part = resumed.past.part(step.path)
  if (part === undefined || part.starts === 0) return undefined
  const taken = await take(step, part, state, context)
  if (taken !== undefined) return taken
  resumed.past.forget(step.path)
  await context.emit({ kind: 'step.note', step: stepPath(step.path), note: diagnose('STEP_DONE_AGAIN', {}, { at: step.at }) })
  return undefined
}

async function take(step: StepPlan, part: Part, state: StageState, context: RunContext): Promise<StepDone | undefined> {
  const { end, events } = part
  if (end?.outcome.kind !== 'passed' || part.outputs.some(({ secret }) => secret)) return undefined
  if (leavesFiles(step, part) && !reachedSteps(end.seq, state)) return undefined
  const images = await imagesTaken(state.stage.path, events, state.launch.plan, context)
  if (images.kind === 'gone') return undefined
  for (const image of images.images) state.images.add(image)
  for (const event of events) if (event.kind === 'code.placed' && event.underBuild) state.knowledge.codebase = event.codebase
  return { outcome: end.outcome, outputs: new Map(part.outputs.map(({ name, value }) => [name, value])), retries: part.retries }
}

function leavesFiles({ work }: StepPlan, { events }: Part): boolean {
  return work.kind === 'clone' || work.kind === 'restore-cache' || events.some(({ kind }) => kind === 'file.written')
}

/** Files of this machine go to where steps run just before a step begins. So they are there if one has begun that was told of later. */
function reachedSteps(seq: number, { resumed, stage }: StageState): boolean {
  return resumed?.past.starts(stage.path).some((one) => one.seq > seq && (resumed.begun.get(one.step) ?? 0) >= one.nth) === true
}

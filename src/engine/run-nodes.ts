/** The order of steps: one after another, members of a parallel group side by side, groups by their own `when`. */
import type { Text } from '../base/secret-text.ts'
import { type Outcome, worst } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import type { GroupPlan, LoopPlan, StagePlan, StepNode, StepPlan } from '../plan/plan.ts'
import type { Workspace } from '../ports/infrastructure.ts'
import type { ClaimedFiles } from './claim-files.ts'
import { erroredBy } from './errored-by.ts'
import { underGroupTimeout } from './group-limit.ts'
import { factsOf, statusOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import type { Resumed } from './past/step-of-the-past.ts'
import type { RunState } from './run-stage.ts'
import { runStep } from './run-step.ts'
import { runTurns, turnSkipped } from './run-turns.ts'
import type { StageServices } from './stage-services.ts'
import { type Standing, standingAfter, whyNot } from './when.ts'

export interface StageState extends RunState {
  readonly stage: StagePlan
  readonly workspace: Workspace
  /** What steps have left to the environment of those after them. The last one to end wins. */
  readonly exports: Map<string, Text>
  readonly services: StageServices
  readonly claimed: ClaimedFiles
  /** Its workspace is one that another process has left. */
  readonly resumed?: Resumed
  /** The innermost group around. */
  readonly group?: GroupRun
}

export interface GroupRun {
  readonly path: string
  readonly outer?: GroupRun
  /** How often it was begun again. */
  readonly tries: number
  /** A step has failed, and its strategy wants the group to begin again. */
  wanted?: { readonly waitMs: number; readonly of: number }
}

export async function runNodes(nodes: readonly StepNode[], standing: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const node of nodes) outcomes.push(await runNode(node, standingAfter(outcomes, standing), state, context))
  return worst(outcomes)
}

async function runNode(node: StepNode, standing: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  if (node.kind === 'step') return runLeaf(node, standing, state, context)
  if (node.kind === 'group') return runGroup(node, standing, state, context)
  if (node.kind === 'loop') return runLoop(node, standing, state, context)
  return worst(await Promise.all(node.children.map((child) => runNode(child, standing, state, context))))
}

async function runLoop(loop: LoopPlan, standing: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  try {
    const turns = loop.decided === undefined ? loop : context.planner.stepLoop(loop.path, state.knowledge)
    return await runTurns(turns, (child, skip) =>
      skip && !context.signal.aborted ? skipAll([child], turnSkipped, state, context) : runNode(child, standing, state, context),
    )
  } catch (error) {
    return erroredBy(error, context.signal)
  }
}

async function runLeaf(step: StepPlan, standing: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  const done = await runStep(step, standing, state, context)
  state.knowledge.set(step.path, factsOf(done))
  await context.emit({ kind: 'step.finished', step: stepPath(step.path), outcome: done.outcome })
  return done.outcome
}

async function runGroup(group: GroupPlan, standing: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  const refused = await refusal(group, standing, state, context)
  if (refused !== undefined) return refused
  // Inside a group that was let in after a failure, its own steps start afresh.
  const inside = group.when.status === 'Success' ? standing : 'Success'
  return underGroupTimeout(group, state, context, (limited) => tryGroup(group, inside, state, limited))
}

async function tryGroup(group: GroupPlan, inside: Standing, state: StageState, context: RunContext): Promise<Outcome> {
  for (let tries = 0; ; tries++) {
    const run: GroupRun = { path: group.path, tries, ...(state.group !== undefined && { outer: state.group }) }
    const outcome = await runNodes(group.children, inside, { ...state, group: run }, context)
    state.knowledge.set(group.path, { status: statusOf(outcome), outputs: new Map() })
    if (run.wanted === undefined || context.signal.aborted) return outcome
    const { waitMs, of } = run.wanted
    await context.emit({ kind: 'group.retrying', group: stepPath(group.path), attempt: tries + 1, of, waitMs })
    // Where it had begun again, the wait is over.
    if (waitMs > 0 && state.resumed?.past.groupBegan(group.path, tries + 1) !== true && !(await waited(waitMs, context))) return outcome
  }
}

/** How a group ended that does not begin. */
async function refusal(group: GroupPlan, standing: Standing, state: StageState, context: RunContext): Promise<Outcome | undefined> {
  const ended = async (outcome: Outcome, ofSteps: Outcome): Promise<Outcome> => {
    state.knowledge.set(group.path, { status: statusOf(outcome), outputs: new Map() })
    await skipAll(group.children, ofSteps, state, context)
    return outcome
  }
  if (context.signal.aborted) {
    const aborted = erroredBy(undefined, context.signal)
    return ended(aborted, aborted)
  }
  try {
    const reason = whyNot(group.when, standing, () => context.planner.condition(group.path, state.knowledge))
    if (reason === undefined) return undefined
    const skipped: Outcome = { kind: 'skipped', because: reason }
    return await ended(skipped, skipped)
  } catch (error) {
    return ended(erroredBy(error, context.signal), { kind: 'skipped', because: 'the condition of its group could not be decided' })
  }
}

async function waited(ms: number, { clock, signal }: RunContext): Promise<boolean> {
  return clock.sleep(ms, { signal }).then(
    () => true,
    () => false,
  )
}

/** Ends every step below without running it. */
export async function skipAll(nodes: readonly StepNode[], outcome: Outcome, run: RunState, context: RunContext): Promise<Outcome> {
  for (const node of nodes) {
    if ('path' in node && node.kind !== 'loop') run.knowledge.set(node.path, factsOf({ outcome, outputs: new Map() }))
    if (node.kind === 'step') await context.emit({ kind: 'step.finished', step: stepPath(node.path), outcome })
    else await skipAll(node.children, outcome, run, context)
  }
  return outcome
}

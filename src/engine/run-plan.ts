/** A whole run, as one reads it: announce the plan, run the stages, say how it ended. */
import { diagnose } from '../base/diagnostic.ts'
import { humanDuration } from '../base/human.ts'
import { isGood, type Outcome, worst } from '../events/outcome.ts'
import type { RunId } from '../events/run-event.ts'
import { summarizePlan } from '../events/summarize-plan.ts'
import type { Plan, StageMember, StageNode, StagePlan } from '../plan/plan.ts'
import { deadline } from './deadline.ts'
import { erroredBy } from './errored-by.ts'
import { growingKnowledge } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import type { Past } from './past/past.ts'
import { runImages } from './run-images.ts'
import { type RunState, runStage, skipStage } from './run-stage.ts'
import { runTurns, turnSkipped } from './run-turns.ts'
import type { StandIn } from './stand-in.ts'
import { stoppedBy } from './stop-reason.ts'
import { type Standing, standingAfter } from './when.ts'

export interface Launch {
  readonly plan: Plan
  readonly run: RunId
  readonly sequenceId: number
  /** Folder of the code under build. */
  readonly codebase: string | undefined
  /** What is there instead of a stage that does not run; without it all of them run. */
  readonly instead?: (stage: StagePlan) => StandIn | undefined
  /** It goes on where another process had to leave it. */
  readonly past?: Past
}

export type RunOptions = Omit<RunContext, 'stop'>

export async function runPlan(launch: Launch, given: RunOptions): Promise<Outcome> {
  const own = new AbortController()
  const limit = deadline({ clock: given.clock, ms: launch.plan.timeoutMs, signal: AbortSignal.any([given.signal, own.signal]) })
  const context: RunContext = { ...given, signal: limit.signal, stop: (reason) => own.abort(reason) }
  await context.emit({ kind: 'run.started', plan: summarizePlan(launch.plan), sequenceId: launch.sequenceId, pipelineFile: launch.plan.pipeline.file })
  const ended = await runStages(launch.plan.stages, { launch, knowledge: growingKnowledge(), images: runImages() }, context)
  limit.clear()
  const outcome = limit.passed() ? tooLong(launch.plan) : (stopped(ended, own.signal, given.signal) ?? ended)
  await context.emit({ kind: 'run.finished', outcome })
  return outcome
}

/** Also when steps had failed before. A wish that came when everything was over changes nothing. */
function stopped(ended: Outcome, own: AbortSignal, user: AbortSignal): Outcome | undefined {
  if (own.aborted) return { kind: 'aborted', because: stoppedBy(own) }
  return user.aborted && !isGood(ended) ? { kind: 'aborted', because: stoppedBy(user) } : undefined
}

function tooLong({ timeoutMs = 0 }: Plan): Outcome {
  return { kind: 'errored', problem: diagnose('RUN_TIMEOUT', { timeout: humanDuration(timeoutMs) }) }
}

async function runStages(nodes: readonly StageNode[], run: RunState, context: RunContext): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const node of nodes) {
    const standing = standingAfter(outcomes)
    const members = node.kind === 'parallel' ? node.children : [node]
    outcomes.push(worst(await Promise.all(members.map((member) => runMember(member, standing, run, context)))))
  }
  return worst(outcomes)
}

async function runMember(node: StageMember, standing: Standing, run: RunState, context: RunContext): Promise<Outcome> {
  if (node.kind === 'stage') return runStage(node, standing, run, context)
  try {
    const turns = node.decided === undefined ? node : context.planner.stageLoop(node.path, run.knowledge)
    return await runTurns(turns, (stage, skip) =>
      skip && !context.signal.aborted ? skipStage(stage, turnSkipped, run, context) : runStage(stage, standing, run, context),
    )
  } catch (error) {
    return erroredBy(error, context.signal)
  }
}

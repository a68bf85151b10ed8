/** One stage: does it run, where, and its steps inside a workspace that is gone afterwards. */
import { diagnose, hasErrors } from '../base/diagnostic.ts'
import { humanDuration } from '../base/human.ts'
import { isProblem, Problem, problem } from '../base/problem.ts'
import { failureKindOf } from '../events/failure-kind.ts'
import type { Outcome } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import type { FailureKind } from '../pipeline/failure-kinds.ts'
import { ruleFor } from '../plan/failure-plan.ts'
import type { StagePlan } from '../plan/plan.ts'
import type { Infrastructure, StageOpening, Workspace } from '../ports/infrastructure.ts'
import { deadline } from './deadline.ts'
import { enginesReady } from './engines-ready.ts'
import { erroredBy } from './errored-by.ts'
import { type GrowingKnowledge, statusOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import type { Resumed } from './past/step-of-the-past.ts'
import type { RunImages } from './run-images.ts'
import { runNodes, skipAll } from './run-nodes.ts'
import type { Launch } from './run-plan.ts'
import { scannerReady } from './scan/scanner-ready.ts'
import { stageServices } from './stage-services.ts'
import { standIn, standInBy, standInOf } from './stand-in.ts'
import { StopReason, stoppedBy } from './stop-reason.ts'
import { type Standing, whyNot } from './when.ts'

export interface RunState {
  readonly launch: Launch
  readonly knowledge: GrowingKnowledge
  readonly images: RunImages
}

const closeMs = 30_000

export async function runStage(stage: StagePlan, standing: Standing, run: RunState, context: RunContext): Promise<Outcome> {
  return ended(await decideAndRun(stage, standing, run, context), stage, run, context)
}

/** Ends the stage and its steps without running them. */
export async function skipStage(stage: StagePlan, outcome: Outcome, run: RunState, context: RunContext): Promise<Outcome> {
  return ended(await skipAll(stage.steps, outcome, run, context), stage, run, context)
}

async function ended(outcome: Outcome, stage: StagePlan, run: RunState, context: RunContext): Promise<Outcome> {
  run.knowledge.set(stage.path, { status: statusOf(outcome), outputs: new Map() })
  await context.emit({ kind: 'stage.finished', stage: stepPath(stage.path), outcome })
  return outcome
}

async function decideAndRun(stage: StagePlan, standing: Standing, run: RunState, context: RunContext): Promise<Outcome> {
  try {
    if (context.signal.aborted) return await skipAll(stage.steps, { kind: 'aborted', because: stoppedBy(context.signal) }, run, context)
    const instead = await standIn(stage, run, context)
    if (instead !== undefined) return instead
    const reason = whyNot(stage.when, standing, () => context.planner.condition(stage.path, run.knowledge))
    if (reason !== undefined) return await skipAll(stage.steps, { kind: 'skipped', because: reason }, run, context)
  } catch (error) {
    await skipAll(stage.steps, notBegun, run, context)
    return settle(erroredBy(error, context.signal), stage, run, context)
  }
  await context.emit({ kind: 'stage.started', stage: stepPath(stage.path) })
  return underTimeout(stage, run, context)
}

const notBegun: Outcome = { kind: 'skipped', because: 'its stage could not begin' }

/** Steps that the stage's time ends are aborted; the stage itself says why. */
async function underTimeout(stage: StagePlan, run: RunState, outside: RunContext): Promise<Outcome> {
  const limit = deadline({ clock: outside.clock, ms: stage.timeoutMs, signal: outside.signal })
  const context = { ...outside, signal: limit.signal }
  try {
    const opened = await open(stage, run, context).catch(async (error: unknown) => {
      await skipAll(stage.steps, context.signal.aborted ? erroredBy(undefined, context.signal) : notBegun, run, context)
      throw error
    })
    if (opened.kind === 'over') return opened.outcome
    const { workspace, resumed } = opened
    const services = stageServices(stage, outside)
    const own = { stage, workspace, exports: new Map(), services, claimed: new Map(), ...(resumed !== undefined && { resumed }) }
    try {
      const outcome = await runNodes(stage.steps, 'Success', { ...run, ...own }, context)
      return limit.passed() ? await settle(tooLong(stage), stage, run, outside) : outcome
    } finally {
      await services.end()
      await workspace.close({ signal: AbortSignal.timeout(closeMs) })
    }
  } catch (error) {
    return settle(limit.passed() ? tooLong(stage) : erroredBy(error, context.signal), stage, run, outside)
  } finally {
    limit.clear()
  }
}

/** What failed was the stage itself, not a step of it: what its strategies say of that, as far as it can be said of a whole stage. */
async function settle(outcome: Outcome, stage: StagePlan, run: RunState, context: RunContext): Promise<Outcome> {
  const kind = failureKindOf(outcome)
  const act = kind === undefined ? undefined : actOf(kind, stage, run, context)
  if (act?.kind === 'unknown') return { kind: 'errored', problem: act.problem, ...(outcome.kind === 'errored' && { others: [outcome.problem] }) }
  if (act?.kind === 'ignore' && outcome.kind === 'errored') return { ...outcome, ignored: true }
  if (act?.kind === 'mark-success') return { kind: 'passed' }
  if (act?.kind === 'abort') context.stop(new StopReason('failure'))
  return outcome
}

function actOf(kind: FailureKind, stage: StagePlan, run: RunState, { planner }: RunContext) {
  try {
    return ruleFor(kind, planner.failure(stage.path, run.knowledge))?.act
  } catch (error) {
    if (!isProblem(error)) throw error
    return { kind: 'unknown' as const, problem: error.diagnostic }
  }
}

function tooLong({ timeoutMs = 0 }: StagePlan): Outcome {
  return { kind: 'errored', problem: diagnose('STAGE_TIMEOUT', { timeout: humanDuration(timeoutMs) }) }
}

type Opened =
  | { readonly kind: 'open'; readonly workspace: Workspace; readonly resumed?: Resumed }
  /** All that it had to do was done before. */
  | { readonly kind: 'over'; readonly outcome: Outcome }

async function open(stage: StagePlan, run: RunState, context: RunContext): Promise<Opened> {
  const { signal } = context
  const infrastructure = context.infrastructures[stage.infrastructure.on]
  if (infrastructure === undefined) throw problem('INFRA_NOT_AVAILABLE', { infra: stage.infrastructure.on })
  const scanner = await scannerReady(stage, run.launch.plan, context)
  const findings = [...(await infrastructure.check(stage, { signal })), ...(await enginesReady(stage, context)), ...scanner]
  const [worst, ...others] = findings.filter((finding) => finding.severity === 'error')
  if (worst !== undefined && hasErrors(findings)) throw new Problem(worst, { others })
  for (const note of scanner) await context.emit({ kind: 'stage.note', stage: stepPath(stage.path), note })
  const opening: StageOpening = {
    run: run.launch.run,
    signal,
    note: (note) => void context.emit({ kind: 'stage.note', stage: stepPath(stage.path), note }),
  }
  return (await goOn(stage, infrastructure, opening, run, context)) ?? { kind: 'open', workspace: await infrastructure.open(stage, opening) }
}

/** Where the process died in the middle of the stage: what it has left is taken up. Undefined: the stage begins, for the first time or again. */
async function goOn(stage: StagePlan, infrastructure: Infrastructure, opening: StageOpening, run: RunState, context: RunContext): Promise<Opened | undefined> {
  const { past } = run.launch
  if (past?.stage(stage.path) !== 'cut') return undefined
  const workspace = await infrastructure.adopt?.(stage, opening)
  if (workspace !== undefined) {
    opening.note(diagnose('STAGE_TAKEN_UP', {}))
    return { kind: 'open', workspace, resumed: { past, begun: workspace.begun } }
  }
  const instead = standInOf(stage, past, run.launch.plan)
  const outcome = instead?.kind === 'taken' ? await standInBy(instead, stage, run, context) : undefined
  if (outcome !== undefined) return { kind: 'over', outcome }
  past.forget(stage.path)
  opening.note(diagnose('STAGE_BEGUN_AGAIN', {}))
  return undefined
}

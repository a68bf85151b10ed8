/** One stage: does it run, where, and its steps inside a workspace that is gone afterwards. */
import { hasErrors } from '../base/diagnostic.ts'
import { Problem, problem } from '../base/problem.ts'
import type { Outcome } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import type { StagePlan } from '../plan/plan.ts'
import type { Workspace } from '../ports/infrastructure.ts'
import { erroredBy } from './errored-by.ts'
import { type GrowingKnowledge, statusWords } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import { runNodes, skipAll } from './run-nodes.ts'
import type { Launch } from './run-plan.ts'
import { type Standing, whyNot } from './when.ts'

export interface RunState {
  readonly launch: Launch
  readonly knowledge: GrowingKnowledge
}

const closeMs = 30_000

export async function runStage(stage: StagePlan, standing: Standing, run: RunState, context: RunContext): Promise<Outcome> {
  const outcome = await decideAndRun(stage, standing, run, context)
  run.knowledge.set(stage.path, { status: statusWords[outcome.kind], outputs: new Map() })
  await context.emit({ kind: 'stage.finished', stage: stepPath(stage.path), outcome })
  return outcome
}

async function decideAndRun(stage: StagePlan, standing: Standing, run: RunState, context: RunContext): Promise<Outcome> {
  try {
    context.signal.throwIfAborted()
    const reason = whyNot(stage.when, standing, () => context.planner.condition(stage.path, run.knowledge))
    if (reason !== undefined) return await skipAll(stage.steps, { kind: 'skipped', because: reason }, context)
    await context.emit({ kind: 'stage.started', stage: stepPath(stage.path) })
    const workspace = await open(stage, run, context)
    try {
      return await runNodes(stage.steps, 'Success', { ...run, stage, workspace }, context)
    } finally {
      await workspace.close({ signal: AbortSignal.timeout(closeMs) })
    }
  } catch (error) {
    return erroredBy(error, context.signal)
  }
}

async function open(stage: StagePlan, run: RunState, context: RunContext): Promise<Workspace> {
  const { signal } = context
  const infrastructure = context.infrastructures[stage.infrastructure.on]
  if (infrastructure === undefined) throw problem('INFRA_NOT_AVAILABLE', { infra: stage.infrastructure.on })
  const findings = await infrastructure.check(stage, { signal })
  const [worst, ...others] = findings.filter((finding) => finding.severity === 'error')
  if (worst !== undefined && hasErrors(findings)) throw new Problem(worst, { others })
  const wantsCode = stage.clone.kind === 'known' && stage.clone.value
  return infrastructure.open(stage, {
    run: run.launch.run,
    signal,
    codebase: wantsCode ? run.launch.codebase : undefined,
    note: (note) => void context.emit({ kind: 'stage.note', stage: stepPath(stage.path), note }),
  })
}

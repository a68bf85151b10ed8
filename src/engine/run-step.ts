/** One step: decide, plan it once more with what is known now, do its work under its timeout, tell what came out. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { humanDuration } from '../base/human.ts'
import type { Text } from '../base/secret-text.ts'
import type { Outcome } from '../events/outcome.ts'
import type { OutputVariable } from '../events/run-event.ts'
import { type StepPath, stepPath } from '../events/step-path.ts'
import type { StepPlan } from '../plan/plan.ts'
import { stepFacts } from '../plan/step-facts.ts'
import { afterFailure } from './after-failure.ts'
import { deadline } from './deadline.ts'
import { doWork } from './do-work.ts'
import { erroredBy } from './errored-by.ts'
import type { RunContext } from './parts.ts'
import { stepOfThePast } from './past/step-of-the-past.ts'
import { planWithFacts } from './plan-with-facts.ts'
import type { StageState } from './run-nodes.ts'
import { stoppedBy } from './stop-reason.ts'
import { type Standing, whyNot } from './when.ts'

/** Never rejects: what strategies make of a failure is part of it. */
export async function runStep(planned: StepPlan, standing: Standing, state: StageState, context: RunContext): Promise<StepDone> {
  const before = await stepOfThePast(planned, state, context).catch((error: unknown) => done(erroredBy(error, context.signal)))
  if (before !== undefined) return before
  const again = async () => placed(await attempt(planned, standing, state, context), planned)
  return afterFailure(await again(), { step: planned, state, context, again })
}

export interface StepDone {
  readonly outcome: Outcome
  readonly outputs: ReadonlyMap<string, Text>
  /** How often it was tried again. */
  readonly retries?: number
}

/** Never rejects. */
async function attempt(planned: StepPlan, standing: Standing, state: StageState, context: RunContext): Promise<StepDone> {
  const path = stepPath(planned.path)
  try {
    context.signal.throwIfAborted()
    const reason = whyNot(planned.when, standing, () => context.planner.condition(planned.path, state.knowledge))
    if (reason !== undefined) return done({ kind: 'skipped', because: reason })
    const { plan, notes } = await planWithFacts(planned.path, state, context)
    await context.emit({ kind: 'step.started', step: path, does: plan.does, facts: stepFacts(plan) })
    for (const note of notes) await context.emit({ kind: 'step.note', step: path, note })
    return await underTimeout(plan, path, state, context)
  } catch (error) {
    return done(erroredBy(error, context.signal))
  }
}

async function underTimeout(plan: StepPlan, path: StepPath, state: StageState, context: RunContext): Promise<StepDone> {
  const limit = deadline({ clock: context.clock, ms: plan.timeoutMs, signal: context.signal })
  try {
    const note = (one: Diagnostic) => context.emit({ kind: 'step.note', step: path, note: one })
    const { outcome, outputs, exports } = await doWork(plan, state, { ...context, signal: limit.signal, note })
    if (outputs.length > 0) await context.emit({ kind: 'step.outputs', step: path, outputs })
    const values = new Map(outputs.map((output) => [output.name, outputText(output, path, context)]))
    if (exports !== undefined) for (const [name, value] of [...values, ...exports]) state.exports.set(name, value)
    if (limit.passed()) return { outcome: timedOut(plan), outputs: values }
    return { outcome: context.signal.aborted ? { kind: 'aborted', because: stoppedBy(context.signal) } : outcome, outputs: values }
  } catch (error) {
    if (limit.passed()) return done(timedOut(plan))
    throw error
  } finally {
    limit.clear()
  }
}

/** A failure without a place of its own is at its step. */
function placed(done: StepDone, { at }: StepPlan): StepDone {
  const { outcome } = done
  if (outcome.kind !== 'failed' && outcome.kind !== 'errored') return done
  const { problem } = outcome
  return problem === undefined || problem.at !== undefined ? done : { ...done, outcome: { ...outcome, problem: { ...problem, at } } }
}

/** A secret output travels by name only; the value joins the secrets of this run. */
function outputText(output: OutputVariable, path: StepPath, context: RunContext): Text {
  if (!output.secret) return output.value
  const name = `output:${path}:${output.name}`
  context.runSecrets.set(name, output.value)
  return { kind: 'secret-text', pieces: [{ secret: name }] }
}

function timedOut(plan: StepPlan): Outcome {
  return { kind: 'errored', problem: diagnose('STEP_TIMEOUT', { timeout: humanDuration(plan.timeoutMs ?? 0) }, { at: plan.at }) }
}

function done(outcome: Outcome): StepDone {
  return { outcome, outputs: new Map() }
}

/** What happens when a step has failed: its failure strategies say. A strategy may send it back to be tried again, so this is a loop. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { humanDuration } from '../base/human.ts'
import { failureKindOf } from '../events/failure-kind.ts'
import type { Outcome } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import { type FailureAct, type FailureRule, ruleFor } from '../plan/failure-plan.ts'
import type { StepPlan } from '../plan/plan.ts'
import type { Choice } from '../ports/intervention.ts'
import { deadline } from './deadline.ts'
import { erroredBy } from './errored-by.ts'
import { factsOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import { nowKnown } from './reveal.ts'
import type { GroupRun, StageState } from './run-nodes.ts'
import type { StepDone } from './run-step.ts'
import { StopReason } from './stop-reason.ts'

export interface Tried {
  readonly step: StepPlan
  readonly state: StageState
  readonly context: RunContext
  /** The step once more. Never rejects. */
  readonly again: () => Promise<StepDone>
}

type Retry = Extract<FailureAct, { kind: 'retry' | 'retry-group' }>

/** Never rejects. */
export async function afterFailure(first: StepDone, tried: Tried): Promise<StepDone> {
  let done = first
  const used = new Map<string, number>()
  try {
    for (;;) {
      const kind = failureKindOf(done.outcome)
      if (kind === undefined) return done
      // Before the strategies are asked: they may look at how the step ended.
      tried.state.knowledge.set(tried.step.path, factsOf(done))
      const rule = ruleFor(kind, tried.context.planner.failure(tried.step.path, tried.state.knowledge))
      if (rule === undefined) return done
      const next = await obey(rule, done, used, tried)
      if (next.kind === 'settled') return next.done
      done = { ...next.done, retries: (done.retries ?? 0) + 1 }
    }
  } catch (error) {
    return { outcome: erroredBy(error, tried.context.signal), outputs: done.outputs, retries: done.retries ?? 0 }
  }
}

type Next = { readonly kind: 'settled' | 'tried again'; readonly done: StepDone }

async function obey(rule: FailureRule, done: StepDone, used: Map<string, number>, tried: Tried): Promise<Next> {
  let { act } = rule
  for (;;) {
    switch (act.kind) {
      case 'ignore':
        await note(diagnose('FAILURE_IGNORED', {}), tried)
        return settled(done, ignored(done.outcome))
      case 'mark-success':
        await note(diagnose('FAILURE_MARKED_SUCCESS', {}), tried)
        return settled(done, { kind: 'passed' })
      case 'mark-failure':
      case 'proceed-with-defaults':
        return settled(done, done.outcome)
      case 'rollback':
        await note(diagnose('FAILURE_NO_ROLLBACK', { what: act.what }), tried)
        return settled(done, done.outcome)
      case 'abort':
        tried.context.stop(new StopReason('failure'))
        return settled(done, done.outcome)
      case 'retry': {
        const again = await retry(act, rule, done, used, tried)
        if (again !== undefined) return { kind: 'tried again', done: again }
        act = act.otherwise
        break
      }
      case 'retry-group': {
        const group = groupOf(act.group, tried.state.group)
        if (group !== undefined && group.tries < nowKnown(act.count) && holds(act)) {
          group.wanted = { waitMs: waitOf(act, group.tries), of: nowKnown(act.count) }
          return settled(done, done.outcome)
        }
        act = act.otherwise
        break
      }
      case 'ask': {
        const choice = await ask(act, done, tried)
        if (choice === 'retry') return { kind: 'tried again', done: await tried.again() }
        act = choice === undefined ? act.otherwise : { kind: choice }
      }
    }
  }
}

function settled(done: StepDone, outcome: Outcome): Next {
  return { kind: 'settled', done: { ...done, outcome } }
}

function ignored(outcome: Outcome): Outcome {
  return outcome.kind === 'failed' || outcome.kind === 'errored' ? { ...outcome, ignored: true } : outcome
}

/** Undefined when there is no try left. */
async function retry(act: Retry, rule: FailureRule, done: StepDone, used: Map<string, number>, tried: Tried): Promise<StepDone | undefined> {
  const { context, step } = tried
  // Rules are planned anew after each failure; what they catch names them.
  const key = rule.errors.join()
  const before = used.get(key) ?? 0
  const count = nowKnown(act.count)
  if (before >= count || !holds(act)) return undefined
  used.set(key, before + 1)
  const waitMs = waitOf(act, before)
  const problem = problemOf(done.outcome)
  await context.emit({ kind: 'step.retrying', step: stepPath(step.path), attempt: before + 1, of: count, waitMs, ...(problem !== undefined && { problem }) })
  if (waitMs > 0 && !wasTried(done, tried)) await context.clock.sleep(waitMs, { signal: context.signal })
  return tried.again()
}

/** The group whose strategy it is; of a strategy of a step or a stage the innermost one. */
function groupOf(path: string | undefined, inner: GroupRun | undefined): GroupRun | undefined {
  let group = inner
  while (path !== undefined && group !== undefined && group.path !== path) group = group.outer
  return group
}

function holds({ condition }: Retry): boolean {
  return condition === undefined || nowKnown(condition)
}

function waitOf({ intervalsMs }: Retry, before: number): number {
  return intervalsMs[Math.min(before, intervalsMs.length - 1)] ?? 0
}

/** Undefined when nobody has chosen in time, or nobody is there. */
async function ask(act: Extract<FailureAct, { kind: 'ask' }>, done: StepDone, tried: Tried): Promise<Choice | undefined> {
  const { context, step } = tried
  if (wasTried(done, tried)) return 'retry'
  if (context.intervention === undefined) {
    await note(diagnose('INTERVENTION_NOBODY', { action: act.otherwise.kind }), tried)
    return undefined
  }
  const limit = deadline({ clock: context.clock, ms: act.timeoutMs, signal: context.signal })
  try {
    const problem = problemOf(done.outcome)
    const [timeoutMs, otherwise] = [act.timeoutMs, act.otherwise.kind]
    await context.emit({ kind: 'step.waiting', step: stepPath(step.path), timeoutMs, otherwise, ...(problem !== undefined && { problem }) })
    const question = { step: step.path, problem, timeoutMs, otherwise }
    return await context.intervention.ask(question, { signal: limit.signal })
  } catch (error) {
    if (!limit.passed()) throw error
    await note(diagnose('INTERVENTION_TIMEOUT', { timeout: humanDuration(act.timeoutMs), action: act.otherwise.kind }), tried)
    return undefined
  } finally {
    limit.clear()
  }
}

/** By a process that is no more: what was decided and waited for then is over. */
function wasTried({ retries = 0 }: StepDone, { state, step }: Tried): boolean {
  return (state.resumed?.past.part(step.path)?.starts ?? 0) > retries + 1
}

function problemOf(outcome: Outcome): Diagnostic | undefined {
  return outcome.kind === 'failed' || outcome.kind === 'errored' ? outcome.problem : undefined
}

async function note(found: Diagnostic, { context, step }: Tried): Promise<void> {
  await context.emit({ kind: 'step.note', step: stepPath(step.path), note: { ...found, at: step.at } })
}

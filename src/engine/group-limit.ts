/** The `timeout:` of a group: its steps are ended, and what its strategies say of that is done, as far as it can be said of a whole group. */
import { diagnose } from '../base/diagnostic.ts'
import { humanDuration } from '../base/human.ts'
import { isProblem } from '../base/problem.ts'
import type { Outcome } from '../events/outcome.ts'
import { ruleFor } from '../plan/failure-plan.ts'
import type { GroupPlan } from '../plan/plan.ts'
import { deadline } from './deadline.ts'
import { statusOf } from './knowledge.ts'
import type { RunContext } from './parts.ts'
import type { RunState } from './run-stage.ts'
import { StopReason } from './stop-reason.ts'

export async function underGroupTimeout(
  group: GroupPlan,
  run: RunState,
  outside: RunContext,
  work: (context: RunContext) => Promise<Outcome>,
): Promise<Outcome> {
  const limit = deadline({ clock: outside.clock, ms: group.timeoutMs, signal: outside.signal })
  try {
    const outcome = await work({ ...outside, signal: limit.signal })
    if (!limit.passed()) return outcome
    const late = settle(group, run, outside)
    run.knowledge.set(group.path, { status: statusOf(late), outputs: new Map() })
    return late
  } finally {
    limit.clear()
  }
}

function settle({ path, name, timeoutMs = 0 }: GroupPlan, run: RunState, { planner, stop }: RunContext): Outcome {
  const outcome: Outcome = { kind: 'errored', problem: diagnose('GROUP_TIMEOUT', { group: name, timeout: humanDuration(timeoutMs) }) }
  try {
    const act = ruleFor('Timeout', planner.failure(path, run.knowledge))?.act
    if (act?.kind === 'ignore') return { ...outcome, ignored: true }
    if (act?.kind === 'mark-success') return { kind: 'passed' }
    if (act?.kind === 'abort') stop(new StopReason('failure'))
    return outcome
  } catch (error) {
    if (!isProblem(error)) throw error
    return { kind: 'errored', problem: error.diagnostic, others: [outcome.problem] }
  }
}

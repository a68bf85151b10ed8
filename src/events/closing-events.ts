/** The end that a run could not tell because its process died: what was under way is aborted, in the order of the view. */
import type { Instant } from '../base/clock.ts'
import type { Recorded, RunEvent, RunId } from './run-event.ts'
import type { RunView } from './run-view.ts'

/** Their numbers go on after the last that is known: nobody will give those to others. */
export function closingEvents(view: RunView, run: RunId, at: Instant): readonly Recorded[] {
  const outcome = { kind: 'aborted', because: 'shutdown' } as const
  const steps = [...view.steps.values()].filter(({ status }) => status === 'running')
  const stages = [...view.stages.values()].filter(({ status }) => status === 'running')
  const events: readonly RunEvent[] = [
    ...steps.map(({ path }): RunEvent => ({ kind: 'step.finished', step: path, outcome })),
    ...stages.map(({ path }): RunEvent => ({ kind: 'stage.finished', stage: path, outcome })),
    { kind: 'run.finished', outcome },
  ]
  return events.map((event, i) => ({ run, seq: view.seq + 1 + i, at, event }))
}

/**
 * The fold of a run for sinks that look at it now and then. Every fold of an event costs as much as there are steps, so output waits, joined by
 * step, until somebody looks or its step goes on.
 */
import { reduceRun } from '../../events/reduce-run.ts'
import type { Recorded } from '../../events/run-event.ts'
import { emptyView, type RunView } from '../../events/run-view.ts'
import type { StepPath } from '../../events/step-path.ts'

export interface CalmFold {
  see(recorded: Recorded): void
  view(): RunView
}

/** More than a view keeps of a step's output. */
const kept = 50_000

export function calmFold(): CalmFold {
  let view = emptyView
  const waiting = new Map<StepPath, { readonly recorded: Recorded; readonly text: string }>()
  const fold = (recorded: Recorded): void => {
    view = reduceRun(view, { ...recorded, seq: view.seq + 1 })
  }
  const catchUp = (step: StepPath): void => {
    const { recorded, text } = waiting.get(step) ?? {}
    if (recorded?.event.kind === 'step.output' && text !== undefined) fold({ ...recorded, event: { ...recorded.event, text } })
    waiting.delete(step)
  }
  return {
    see(recorded) {
      const { event } = recorded
      if (event.kind === 'step.output') {
        const text = (waiting.get(event.step)?.text ?? '') + event.text
        waiting.set(event.step, { recorded, text: text.length > 2 * kept ? text.slice(-kept) : text })
        return
      }
      if ('step' in event) catchUp(event.step)
      fold(recorded)
    },
    view() {
      for (const step of [...waiting.keys()]) catchUp(step)
      return view
    },
  }
}

/** What a run has told so far, for the process that goes on with it and for those who look on. */
import type { PieceTold } from '../../engine/past/output-told.ts'
import { type Past, pastOf } from '../../engine/past/past.ts'
import { closingEvents } from '../../events/closing-events.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView } from '../../events/run-view.ts'
import type { StepPath } from '../../events/step-path.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import type { Sink } from '../../ports/sink.ts'
import { nameOf } from './find-run.ts'

export interface PastOfRun extends Past {
  /** The last number that was given to anybody. */
  readonly seq: number
}

/** Sinks are told all of it first, as it was: so they show the whole run. */
export async function pastOfRun(record: RunRecord, history: History, sinks: readonly Sink[]): Promise<PastOfRun> {
  let view = emptyView
  const events = []
  for await (const recorded of history.events(record.run)) {
    view = reduceRun(view, recorded)
    if (recorded.event.kind !== 'step.output') events.push(recorded)
    for (const sink of sinks) await sink.write(recorded)
  }
  const last = view.seq
  const past = pastOf({
    name: nameOf(record),
    events,
    output: (step, after) => outputOf(record, step, { after, until: last }, history),
  })
  // Who has looked at it meanwhile was told an end of it, with the next numbers.
  return { ...past, seq: last + closingEvents(view, record.run, record.startedAt).length }
}

const mostAtOnce = 256 * 1024

async function outputOf(record: RunRecord, step: StepPath, { after, until }: { readonly after: number; readonly until: number }, history: History) {
  const pieces: PieceTold[] = []
  let size = 0
  for await (const { seq, event } of history.events(record.run, { step, after })) {
    if (seq > until || size >= mostAtOnce) break
    if (event.kind !== 'step.output') continue
    pieces.push({ seq, text: event.text })
    size += event.text.length
  }
  return pieces
}

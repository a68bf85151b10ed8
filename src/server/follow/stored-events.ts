/** What is stored of a run, as the API tells it: secrets out, the end of an interrupted run told for it. */
import { closingEvents } from '../../events/closing-events.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import type { Recorded } from '../../events/run-event.ts'
import { emptyView } from '../../events/run-view.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import { withoutSecrets } from '../without-secrets.ts'

export interface EventFilter {
  readonly output: 'all' | 'none'
  readonly step: string | undefined
}

export async function* storedEvents(
  record: RunRecord,
  history: History,
  { after, output, step }: EventFilter & { readonly after: number },
): AsyncGenerator<Recorded> {
  const range = { after, ...(step !== undefined && { step }), ...(output === 'none' && { outputAfter: Number.MAX_SAFE_INTEGER }) }
  for await (const recorded of history.events(record.run, range)) yield withoutSecrets(recorded)
  if (record.status === 'interrupted') yield* closing(record, history, { after, step })
}

/** Their numbers come after the last of all, so that one folds to the same whatever was left out. */
async function* closing(
  record: RunRecord,
  history: History,
  { after, step }: { readonly after: number; readonly step: string | undefined },
): AsyncGenerator<Recorded> {
  let view = emptyView
  for await (const recorded of history.events(record.run, { outputAfter: Number.MAX_SAFE_INTEGER })) view = reduceRun(view, recorded)
  const last = await lastOutput(record, history, view.seq)
  for (const recorded of closingEvents({ ...view, seq: last }, record.run, record.finishedAt ?? record.startedAt)) {
    const { event } = recorded
    if (recorded.seq > after && (step === undefined || ('step' in event && event.step === step))) yield recorded
  }
}

async function lastOutput({ run }: RunRecord, history: History, after: number): Promise<number> {
  let last = after
  for await (const { seq } of history.events(run, { after })) last = seq
  return last
}

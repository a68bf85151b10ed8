/** The view of a stored run: the fold of its events, and for a run whose process died the end that it could not tell. */
import { closingEvents } from '../../events/closing-events.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView, type RunView } from '../../events/run-view.ts'
import type { History, RunRecord } from '../../ports/history.ts'

/** Output makes only the sizes and the last lines of the view: without it a long log need not be read. */
export async function viewOf(record: RunRecord, history: History, o: { readonly output: boolean } = { output: true }): Promise<RunView> {
  let view = emptyView
  for await (const recorded of history.events(record.run, o.output ? {} : { outputAfter: Number.MAX_SAFE_INTEGER })) view = reduceRun(view, recorded)
  if (record.status !== 'interrupted') return view
  const closed = closingEvents(view, record.run, record.finishedAt ?? record.startedAt).reduce(reduceRun, view)
  return { ...closed, seq: view.seq }
}

export function viewJson(view: RunView): object {
  return { ...view, stages: [...view.stages.values()], steps: [...view.steps.values()] }
}

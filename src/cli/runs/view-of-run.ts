/** The view of a stored run: the fold of its events, and for a run whose process died the end that it could not tell. */
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView, type RunView } from '../../events/run-view.ts'
import type { History, RunRecord } from '../../ports/history.ts'

/** Output makes only the sizes and the last lines of the view: without it a long log need not be read. */
export async function viewOf(record: RunRecord, history: History, o: { readonly output: boolean } = { output: true }): Promise<RunView> {
  let view = emptyView
  for await (const recorded of history.events(record.run, o.output ? {} : { outputAfter: Number.MAX_SAFE_INTEGER })) view = reduceRun(view, recorded)
  return record.status === 'interrupted' ? interrupted(view, record) : view
}

function interrupted(view: RunView, { finishedAt: at = 0, run }: RunRecord): RunView {
  const outcome = { kind: 'aborted', because: 'shutdown' } as const
  let seq = view.seq
  const next = (): { readonly seq: number; readonly at: number; readonly run: typeof run } => ({ run, seq: ++seq, at })
  const running = [...view.steps.values()].filter(({ status }) => status === 'running')
  const stages = [...view.stages.values()].filter(({ status }) => status === 'running')
  let ended = view
  for (const { path } of running) ended = reduceRun(ended, { ...next(), event: { kind: 'step.finished', step: path, outcome } })
  for (const { path } of stages) ended = reduceRun(ended, { ...next(), event: { kind: 'stage.finished', stage: path, outcome } })
  return { ...reduceRun(ended, { ...next(), event: { kind: 'run.finished', outcome } }), seq: view.seq }
}

export function viewJson(view: RunView): object {
  return { ...view, stages: [...view.stages.values()], steps: [...view.steps.values()] }
}

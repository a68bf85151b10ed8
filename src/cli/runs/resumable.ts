/** Whether a run whose process died may still be gone on with, and what is left of it. */
import type { Instant } from '../../base/clock.ts'
import { stagesOf } from '../../events/plan-summary.ts'
import type { Recorded } from '../../events/run-event.ts'
import type { History, RunRecord } from '../../ports/history.ts'

/** A night: what dies in the evening can be gone on with in the morning. Waiting containers ask for next to nothing, but not for ever. */
const keptMs = 12 * 60 * 60 * 1000

/** Its pods are still of use: it is gone on with right now, or may be. */
export async function isResumable(run: string, history: History, now: Instant): Promise<boolean> {
  const record = await history.find(run)
  if (record?.status === 'running') return true
  return record?.status === 'interrupted' && now - (record.finishedAt ?? record.startedAt) < keptMs
}

export interface LeftOfRun {
  /** All but output, in order. */
  readonly events: readonly Recorded[]
  /** Stages that are not run again, or that outlive their runner. */
  readonly stages: readonly string[]
  /** As the command was given it. */
  readonly file: string
}

export async function leftOfRun(record: RunRecord, history: History): Promise<LeftOfRun> {
  const events = await Array.fromAsync(history.events(record.run, { outputAfter: Number.MAX_SAFE_INTEGER }))
  const started = events.map(({ event }) => event).find((event) => event.kind === 'run.started')
  const onPods = new Set([...stagesOf(started?.plan.stages ?? [])].flatMap(({ path, infrastructure }) => (infrastructure === 'kubernetes' ? [path] : [])))
  const stages = events.flatMap(({ event }) => {
    const isLeft = event.kind === 'stage.finished' || (event.kind === 'stage.started' && onPods.has(event.stage))
    return isLeft ? [event.stage] : []
  })
  return { events, stages: [...new Set(stages)], file: started?.pipelineFile ?? record.pipelineFile }
}

/**
 * Numbers events, masks secrets in them and hands them to the sinks in order.
 * `emit` resolves when every sink has taken the event: awaiting it is the backpressure that keeps a flood of output from filling memory.
 */
import type { Clock } from '../base/clock.ts'
import type { RunEvent, RunId } from '../events/run-event.ts'
import type { Sink } from '../ports/sink.ts'
import { maskEvent } from './mask-event.ts'
import type { Past } from './past/past.ts'
import type { Redactor } from './redactor.ts'
import { type SinkFailure, sinkRow } from './sink-row.ts'

export interface Recorder {
  emit(event: RunEvent): Promise<void>
  /** Closes all sinks after the last event. Answers the sinks that failed on the way. */
  close(): Promise<readonly SinkFailure[]>
}

export interface RecorderOptions {
  readonly run: RunId
  readonly clock: Clock
  readonly redactor: Redactor
  readonly sinks: readonly Sink[]
  /** Of a run that goes on: the last number that was given, and what was told already. */
  readonly past?: { readonly seq: number } & Pick<Past, 'news'>
}

export function recorder(o: RecorderOptions): Recorder {
  let seq = o.past?.seq ?? 0
  let last: Promise<void> = Promise.resolve()
  const row = sinkRow(o.sinks)
  return {
    emit(event) {
      const at = o.clock.now()
      const masked = maskEvent(event, o.redactor)
      last = last.then(async () => {
        const news = o.past === undefined ? masked : await o.past.news(masked)
        if (news === undefined) return
        seq += 1
        await row.write({ run: o.run, seq, at, event: news })
      })
      return last
    },
    async close() {
      await last
      return row.close()
    },
  }
}

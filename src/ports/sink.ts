/** Receives a run's events, already redacted, in order of `seq`. A failing sink is reported once and dropped: it never fails the run. */
import type { Recorded } from '../events/run-event.ts'

export interface Sink {
  readonly name: string
  /** A returned promise is backpressure: the next event waits for it. */
  write(recorded: Recorded): void | Promise<void>
  /** Called once, after the last event, also when the run was aborted. */
  close(): Promise<void>
}

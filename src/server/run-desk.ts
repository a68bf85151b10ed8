/** Where runs are ordered and stopped. */
import type { RunId } from '../events/run-event.ts'
import type { RunRecord } from '../ports/history.ts'
import type { QueuedRun, QueueState } from '../ports/run-queue.ts'
import type { Stop } from '../ports/stops.ts'

export interface StartOrder {
  /** Id of the pipeline's file. */
  readonly pipeline: string
  readonly inputs: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
  readonly branch?: string
  readonly stages?: readonly string[]
  readonly on?: 'local' | 'docker' | 'kubernetes' | 'fake'
}

export interface AgainOrder {
  readonly fromFailed: boolean
  readonly inputs: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
}

export interface RunDesk {
  /** How many run at once. */
  readonly limit: number
  /** The run will have the answered id. Throws a Problem when the order cannot be carried out as it is. */
  start(order: StartOrder): Promise<RunId>
  again(of: RunRecord, order: AgainOrder): Promise<RunId>
  /** Those that have not begun, and those that could not. */
  queued(): Promise<readonly (QueuedRun & { readonly state: QueueState })[]>
  /** Undefined: no run of this id waits. */
  cancel(run: string): Promise<'cancelled' | undefined>
  stop(run: RunId, stop: Stop): Promise<void>
}

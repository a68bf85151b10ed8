/** Runs that were ordered and have not begun. They outlive whoever ordered them. */
import type { Instant } from '../base/clock.ts'
import type { RunId } from '../events/run-event.ts'

/** `options`: of the command, as the command keeps them. May hold values that nobody else shall read, so they are kept sealed. */
export type RunOrder =
  | { readonly kind: 'file'; readonly cwd: string; readonly file: string; readonly options: Readonly<Record<string, unknown>> }
  | { readonly kind: 'again'; readonly of: RunId; readonly fromFailed: boolean; readonly input: readonly string[]; readonly var: readonly string[] }

export interface QueuedRun {
  /** The run will have it. */
  readonly run: RunId
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly branch?: string
  readonly queuedAt: Instant
}

export type QueueState = { readonly kind: 'waiting' } | { readonly kind: 'started' } | { readonly kind: 'refused'; readonly why: string }

/**
 * 1. What `add` has resolved for is there until it was started and is over, or was removed, also after SIGKILL.
 * 2. Several processes may use the same queue: of those that `take` the same run, one gets it; one that was removed before is got by nobody.
 * 3. A run stays `started` until it is over, so that all who look count the same.
 * 4. Nothing of an order stands in clear in any file.
 */
export interface RunQueue {
  add(run: QueuedRun, order: RunOrder): Promise<void>
  /** In the order in which they were added. */
  list(): Promise<readonly (QueuedRun & { readonly state: QueueState })[]>
  /** From waiting to started. */
  take(run: RunId): Promise<boolean>
  /** Of one that waits or was started. */
  order(run: RunId): Promise<RunOrder | undefined>
  /** From started to waiting: whoever started it died before it began. */
  putBack(run: RunId): Promise<void>
  /** From started: it could not begin. */
  refuse(run: RunId, why: string): Promise<void>
  /** From any of these states; false: it was in none of them. */
  remove(run: RunId, from: readonly QueueState['kind'][]): Promise<boolean>
}

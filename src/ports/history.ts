/**
 * The memory of runs. Promises of every implementation:
 *  - `begin` gives each run of a pipeline the next sequence number; two callers (also two processes) never get the same one;
 *  - what `append` has resolved for is still there after SIGKILL; events of one run come back in order of `seq`, output included;
 *  - a run whose process died before `run.finished` is listed as interrupted, never as running, once `recover` has been called.
 */
import type { Instant } from '../base/clock.ts'
import type { Outcome } from '../events/outcome.ts'
import type { Recorded, RunId } from '../events/run-event.ts'

export interface RunRecord {
  readonly run: RunId
  /** Scope of the sequence: account, org, project and pipeline identifiers joined. */
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly sequenceId: number
  readonly startedAt: Instant
  readonly finishedAt?: Instant
  readonly status: 'running' | 'interrupted' | Outcome['kind']
}

export interface NewRun {
  readonly run: RunId
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly startedAt: Instant
}

export interface History {
  begin(run: NewRun): Promise<RunRecord>
  append(recorded: readonly Recorded[]): Promise<void>
  list(o?: { readonly pipeline?: string; readonly limit?: number }): Promise<readonly RunRecord[]>
  find(run: string): Promise<RunRecord | undefined>
  events(run: RunId, o?: { readonly after?: number }): AsyncIterable<Recorded>
  close(): Promise<void>
}

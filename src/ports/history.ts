/**
 * The memory of runs. Promises of every implementation:
 *  - `begin` gives each run of a pipeline the next sequence number; two callers (also two processes) never get the same one, and
 *    numbers are never given again, whatever was removed or crashed;
 *  - what `append` has resolved for is still there after SIGKILL; events of one run come back in order of `seq`, output included,
 *    also while another process still writes: a reader that goes on after the last `seq` it saw misses nothing;
 *  - a run whose process died before `run.finished` is listed as interrupted, never as running, once `recover` has been called.
 */
import type { Instant } from '../base/clock.ts'
import type { Outcome } from '../events/outcome.ts'
import type { Recorded, RunId } from '../events/run-event.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'

export type RunStatus = 'running' | 'interrupted' | Outcome['kind']

export interface RunRecord {
  readonly run: RunId
  /** Scope of the sequence: account, org, project and pipeline identifiers joined. */
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly sequenceId: number
  readonly startedAt: Instant
  readonly finishedAt?: Instant
  readonly status: RunStatus
  /** Of the code under build, as soon as it is known. */
  readonly branch?: string
  readonly commit?: string
}

export interface NewRun {
  readonly run: RunId
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly startedAt: Instant
  readonly given?: Given
}

/** What a run was started with: enough to start it again. May hold values that nobody else shall read, so it is kept sealed. */
export interface Given {
  /** Options of the command, as the command keeps them. */
  readonly options: Readonly<Record<string, unknown>>
  /** Digest of the pipeline's text: whether it is still the same. */
  readonly text: string
  readonly codebase?: CodebaseFacts
  /** The run that this one repeats, and the first of all repeats. */
  readonly again?: { readonly of: RunId; readonly first: RunId }
}

export interface RunFilter {
  /** Key, identifier or name of a pipeline. */
  readonly pipeline?: string
  readonly status?: RunStatus
  readonly branch?: string
  /** Part of the name or identifier of a pipeline or of a branch, the beginning of an id, or a number; capitals do not count. */
  readonly text?: string
  /** Only what comes after this run in the list. */
  readonly after?: { readonly startedAt: Instant; readonly run: string }
  readonly limit?: number
}

/** How people name runs: by the beginning of an id, or by a number, with or without the pipeline it is counted for. */
export type RunName = { readonly prefix: string } | { readonly sequenceId: number; readonly pipeline?: string }

export interface EventRange {
  /** Only what comes after this `seq`. */
  readonly after?: number
  /** Output only after this one, should it be later. */
  readonly outputAfter?: number
  /** Only events of this step. */
  readonly step?: string
}

export interface OutputMark {
  /** The output after the answered `seq` has at least so many lines, if there are as many. */
  readonly lines?: number
  /** No output after the answered `seq` is older. */
  readonly since?: Instant
  readonly step?: string
}

export interface History {
  begin(run: NewRun): Promise<RunRecord>
  append(recorded: readonly Recorded[]): Promise<void>
  /** Marks the runs of processes that are no more as interrupted, with the time of the last thing known of them; answers those. */
  recover(): Promise<readonly RunRecord[]>
  /** A run that was interrupted is running again, by this process. Undefined: it was not, or somebody else was faster. */
  resume(run: RunId): Promise<RunRecord | undefined>
  /** Newest first. */
  list(filter?: RunFilter): Promise<readonly RunRecord[]>
  find(run: string): Promise<RunRecord | undefined>
  /** Newest first, some of them: one is what people meant, more are too many. */
  named(name: RunName): Promise<readonly RunRecord[]>
  /** Undefined for runs of which it was not kept. */
  given(run: RunId): Promise<Given | undefined>
  events(run: RunId, range?: EventRange): AsyncIterable<Recorded>
  /** Where to begin reading to see the end of an output, without reading all of it. */
  outputMark(run: RunId, mark: OutputMark): Promise<number>
  /** Events and output go too. */
  remove(runs: readonly RunId[]): Promise<void>
  /** Bytes of output that belongs to no run; `remove` takes it away. */
  strays(o: { readonly remove: boolean }): Promise<{ readonly count: number; readonly bytes: number }>
  close(): Promise<void>
}

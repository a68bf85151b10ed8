/** What the server answers, as far as the page uses it; docs/api.md tells all of it. */
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import type { Status } from '../status/status.ts'

export type RowStatus = Extract<Status, 'queued' | 'running' | 'interrupted' | 'passed' | 'failed' | 'errored' | 'skipped' | 'aborted' | 'refused'>

export interface RunRow {
  readonly run: string
  readonly pipeline: string
  readonly pipelineName: string
  readonly pipelineFile: string
  readonly sequenceId?: number
  readonly startedAt: number
  readonly finishedAt?: number
  readonly status: RowStatus
  readonly branch?: string
  readonly commit?: string
  /** Why it did not begin. */
  readonly refusal?: string
}

export interface RunList {
  readonly runs: readonly RunRow[]
  /** That wait for their turn, or could not begin; on the first page only. */
  readonly queued?: readonly RunRow[]
  readonly next?: string
}

export interface ServerFacts {
  readonly version: string
  readonly readOnly: boolean
}

export interface ServedPipeline {
  readonly id: string
  readonly file: string
  readonly pipeline?: string
  readonly identifier?: string
  readonly name?: string
  readonly description?: string
  readonly stages: readonly { readonly identifier: string; readonly name: string }[]
  readonly problems: readonly Diagnostic[]
  readonly latest: readonly RunRow[]
}

export interface FormInput {
  readonly path: string
  readonly type?: string
  readonly default?: string
  readonly oneOf?: readonly string[]
  readonly someOf?: readonly string[]
  readonly pattern?: string
}

export interface PipelineForm {
  readonly inputs: readonly FormInput[]
  readonly variables: readonly { readonly name: string; readonly type: string; readonly value?: string }[]
  readonly stages: readonly { readonly identifier: string; readonly name: string }[]
  readonly branches: readonly string[]
  readonly branch?: string
  readonly secrets: readonly { readonly name: string; readonly known: boolean }[]
}

export interface LogLine {
  /** From 1. */
  readonly n: number
  readonly text: string
  readonly stream: 'out' | 'err'
  readonly at: number
}

export interface LogPart {
  readonly lines: readonly LogLine[]
  readonly total: number
  readonly last: number
  readonly growing: boolean
}

export interface LogFinds {
  readonly found: readonly { readonly n: number; readonly text: string }[]
  readonly next?: number
  readonly total: number
}

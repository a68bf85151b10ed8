/** What a run looks like at a moment: the result of folding its events. Terminal, history and browser show this and nothing else. */
import type { Instant } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { StepFact } from '../plan/step-facts.ts'
import type { Outcome } from './outcome.ts'
import type { PlanSummary } from './plan-summary.ts'
import type { ArtifactFile, OutputVariable, Progress, PublishedImages, PublishedLink, RunId } from './run-event.ts'
import type { ScanSummary } from './scan-summary.ts'
import type { StepPath } from './step-path.ts'
import type { TestResults } from './test-results.ts'

export type NodeStatus = 'waiting' | 'running' | Outcome['kind']

export interface DeliveredImage {
  readonly ref: string
  readonly digest: string
  readonly bytes: number
}

export interface BuiltImage {
  readonly digest: string
  readonly bytes: number
  readonly layers: number
  readonly cached: number
}

/** Why a step that runs stands still, and until when at the latest. */
export type Pause =
  | { readonly kind: 'retry'; readonly attempt: number; readonly of: number; readonly until: Instant }
  | { readonly kind: 'decision'; readonly until: Instant; readonly problem?: Diagnostic; readonly otherwise?: string }

export interface StepView {
  readonly path: StepPath
  readonly name: string
  readonly type: string
  readonly status: NodeStatus
  readonly does?: string
  readonly facts?: readonly StepFact[]
  readonly startedAt?: Instant
  readonly finishedAt?: Instant
  readonly outcome?: Outcome
  readonly outputs: readonly OutputVariable[]
  /** Of its last try. */
  readonly tests?: TestResults
  /** Of its last try. */
  readonly scan?: ScanSummary
  readonly notes: readonly Diagnostic[]
  readonly built?: BuiltImage
  readonly delivered: readonly DeliveredImage[]
  /** Of its last try. */
  readonly published?: PublishedImages
  /** Of its last try. */
  readonly links?: readonly PublishedLink[]
  readonly files: readonly ArtifactFile[]
  /** Tasks under way; finished ones are dropped. */
  readonly progress: readonly Progress[]
  readonly outputBytes: number
  /** How often it was tried again. */
  readonly retries: number
  readonly pause?: Pause
  /** The last lines, for the live tree and for the summary of a failure; the whole log is in the log store. */
  readonly tail: readonly string[]
}

export interface StageView {
  readonly path: StepPath
  readonly status: NodeStatus
  readonly startedAt?: Instant
  readonly finishedAt?: Instant
  readonly outcome?: Outcome
  readonly notes: readonly Diagnostic[]
}

export interface RunView {
  readonly run: RunId | undefined
  readonly seq: number
  readonly plan: PlanSummary | undefined
  readonly sequenceId: number | undefined
  readonly pipelineFile: string | undefined
  readonly status: NodeStatus
  readonly startedAt?: Instant
  readonly finishedAt?: Instant
  readonly outcome?: Outcome
  /** What the run is made of, once code has come into a workspace. */
  readonly codebase?: CodebaseFacts
  readonly stages: ReadonlyMap<StepPath, StageView>
  readonly steps: ReadonlyMap<StepPath, StepView>
}

export const emptyView: RunView = {
  run: undefined,
  seq: 0,
  plan: undefined,
  sequenceId: undefined,
  pipelineFile: undefined,
  status: 'waiting',
  stages: new Map(),
  steps: new Map(),
}

/** Everything that can happen in a run. The only thing that terminal, history, live feed and web page are fed with. */

import type { Brand } from '../base/brand.ts'
import type { Instant } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { StepFact } from '../plan/step-facts.ts'
import type { Outcome } from './outcome.ts'
import type { PlanSummary } from './plan-summary.ts'
import type { ScanSummary } from './scan-summary.ts'
import type { StepPath } from './step-path.ts'
import type { TestResults } from './test-results.ts'

export type RunId = Brand<'RunId'>

export interface OutputVariable {
  readonly name: string
  readonly value: string
  readonly secret: boolean
}

/** One long-running piece of a step, such as the upload of a blob. `done` of `total`; equal = finished. */
export interface Progress {
  /** Bytes, unless it says that things are counted. */
  readonly unit?: 'count'
  readonly task: string
  readonly done: number
  readonly total?: number
}

export interface ArtifactFile {
  readonly path: string
  readonly bytes: number
  readonly digest?: string
}

/** The images that registries hold now because of a step, as its artifact file lists them. */
export interface PublishedImages {
  readonly registryType: string
  readonly registryUrl: string
  readonly images: readonly PublishedImage[]
}

export interface PublishedImage {
  readonly image: string
  readonly digest: string
  /** A page of the registry that shows it. */
  readonly link?: string
}

/** A page elsewhere that a step wants to be found, such as a report it has uploaded. */
export interface PublishedLink {
  readonly name: string
  readonly url: string
}

export type RunEvent =
  | { readonly kind: 'run.started'; readonly plan: PlanSummary; readonly sequenceId: number; readonly pipelineFile: string }
  | { readonly kind: 'stage.started'; readonly stage: StepPath }
  | { readonly kind: 'stage.note'; readonly stage: StepPath; readonly note: Diagnostic }
  /** `facts`: what it is given, and why it is done in this way. Runs of earlier versions have none. */
  | { readonly kind: 'step.started'; readonly step: StepPath; readonly does: string; readonly facts?: readonly StepFact[] }
  | { readonly kind: 'step.output'; readonly step: StepPath; readonly stream: 'out' | 'err'; readonly text: string }
  | { readonly kind: 'step.note'; readonly step: StepPath; readonly note: Diagnostic }
  /** It failed and is tried again, for the `attempt`th of so many times, after a wait. */
  | {
      readonly kind: 'step.retrying'
      readonly step: StepPath
      readonly attempt: number
      readonly of: number
      readonly waitMs: number
      readonly problem?: Diagnostic
    }
  /** It failed, and a person is asked what to do. */
  | {
      readonly kind: 'step.waiting'
      readonly step: StepPath
      readonly timeoutMs: number
      readonly problem?: Diagnostic
      /** What is done when nobody has decided by then. */
      readonly otherwise?: string
    }
  /** A step of the group has failed, and the group begins again. */
  | { readonly kind: 'group.retrying'; readonly group: StepPath; readonly attempt: number; readonly of: number; readonly waitMs: number }
  | { readonly kind: 'step.progress'; readonly step: StepPath; readonly progress: Progress }
  | { readonly kind: 'image.built'; readonly step: StepPath; readonly digest: string; readonly bytes: number; readonly layers: number; readonly cached: number }
  | { readonly kind: 'image.delivered'; readonly step: StepPath; readonly ref: string; readonly digest: string; readonly bytes: number }
  | { readonly kind: 'images.published'; readonly step: StepPath; readonly published: PublishedImages }
  | { readonly kind: 'links.published'; readonly step: StepPath; readonly links: readonly PublishedLink[] }
  | { readonly kind: 'file.written'; readonly step: StepPath; readonly file: ArtifactFile }
  /** Code has come into the workspace; `underBuild`: it is what `<+codebase.…>` speaks of. */
  | { readonly kind: 'code.placed'; readonly step: StepPath; readonly folder: string; readonly codebase: CodebaseFacts; readonly underBuild: boolean }
  | { readonly kind: 'step.outputs'; readonly step: StepPath; readonly outputs: readonly OutputVariable[] }
  /** What its test reports say, once it has ended. */
  | { readonly kind: 'step.tests'; readonly step: StepPath; readonly results: TestResults }
  | { readonly kind: 'scan.finished'; readonly step: StepPath; readonly scan: ScanSummary }
  | { readonly kind: 'step.finished'; readonly step: StepPath; readonly outcome: Outcome }
  | { readonly kind: 'stage.finished'; readonly stage: StepPath; readonly outcome: Outcome }
  | { readonly kind: 'run.finished'; readonly outcome: Outcome }

/** What sinks receive: `seq` counts from 1 without gaps within a run. */
export interface Recorded {
  readonly run: RunId
  readonly seq: number
  readonly at: Instant
  readonly event: RunEvent
}

/** What goes over the line between the one who has started a run and the pod that does it, and what stays within the pod. */
import type { RunnerAnswer, RunnerAsk, RunnerSaid, SentFolder } from '../../ports/cluster-runner.ts'

/** As it is told: a failure is a diagnostic where we know it, else its words. */
export type Answered = { readonly answer: RunnerAnswer } | { readonly failure: FailureParcel }

export interface FailureParcel {
  /** A diagnostic. */
  readonly diagnostic?: unknown
  readonly words: string
}

export type ToRunner =
  /** First of all: what was heard so far. */
  | { readonly kind: 'from'; readonly seq: number }
  | { readonly kind: 'ping' }
  /** Bytes follow, then their end. */
  | { readonly kind: 'files'; readonly into: SentFolder }
  | { readonly kind: 'files-end'; readonly into: SentFolder }
  /** `order`: serialized, base64. */
  | { readonly kind: 'run'; readonly order: string; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'answer'; readonly id: number; readonly answered: Answered }
  | { readonly kind: 'stop'; readonly now: boolean }
  | { readonly kind: 'fetch'; readonly path: string }
  | { readonly kind: 'bye' }

export type FromRunner =
  | { readonly kind: 'hello'; readonly version: string; readonly begun: boolean }
  | { readonly kind: 'pong' }
  | { readonly kind: 'had'; readonly into: SentFolder; readonly failure?: string }
  | { readonly kind: 'said'; readonly seq: number; readonly what: RunnerSaid }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: RunnerAsk }
  | { readonly kind: 'withdrawn'; readonly id: number }
  /** Bytes follow, then their end. */
  | { readonly kind: 'file'; readonly path: string; readonly absent: boolean }
  | { readonly kind: 'file-end'; readonly path: string; readonly failure?: string }

/** Over the channel of the process that does the run. */
export type ToRun =
  | { readonly kind: 'order'; readonly order: unknown; readonly room: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answered: Answered }

export type FromRun =
  | { readonly kind: 'ready' }
  | { readonly kind: 'said'; readonly what: Exclude<RunnerSaid, { readonly kind: 'ended' }> }
  | { readonly kind: 'ask'; readonly id: number; readonly ask: RunnerAsk }
  | { readonly kind: 'withdrawn'; readonly id: number }

/**
 * A pod of Slipway itself that does a whole run, and the line to it:
 *  - the run goes on while the line is cut; what it says comes once each and in order all the same;
 *  - what it asks is answered here, when it needs it: secrets are sent nowhere before;
 *  - `close` leaves no pod, however the run went.
 */
import type { Readable } from 'node:stream'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Recorded } from '../events/run-event.ts'
import type { Choice, Question } from './intervention.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface RunnerWanted {
  /** Of the cluster; absent: the usual one. */
  readonly connector?: string
  readonly namespace?: string
  /** Slipway's own. */
  readonly image: string
  /** Whose login nodes fetch it with. */
  readonly imageConnector?: string
  readonly serviceAccount?: string
  /** As Kubernetes writes amounts. */
  readonly cpu?: string
  readonly memory?: string
  /** A PersistentVolumeClaim for the data folder. */
  readonly claim?: string
  readonly nodeSelector: Readonly<Record<string, string>>
  /** `KEY`, `KEY=VALUE`, with `:EFFECT` behind it. */
  readonly tolerations: readonly string[]
  /** YAML that is merged into the spec of the pod. */
  readonly overlay?: string
  /** How long a node and the image may take. */
  readonly initTimeoutMs: number
  /** For people who look at the cluster. */
  readonly run: string
  readonly pipeline: string
}

/** What the run in the pod says. */
export type RunnerSaid =
  | { readonly kind: 'event'; readonly recorded: Recorded }
  | { readonly kind: 'text'; readonly stream: 'out' | 'err'; readonly text: string }
  /** Its process has ended. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }

export type RunnerAsk = { readonly kind: 'secret'; readonly name: string } | { readonly kind: 'decide'; readonly question: Question }

export type RunnerAnswer = { readonly kind: 'secret'; readonly value: string | undefined } | { readonly kind: 'decide'; readonly choice: Choice }

/** Answers what the run asks. What it throws is what the run meets. */
export type AnswerRunner = (ask: RunnerAsk, o: Waiting) => Promise<RunnerAnswer>

/** Folders in the room of the pod that files are sent to. */
export type SentFolder = 'code' | 'advisories'

export interface ClusterRunner {
  readonly pod: string
  /** A tar, into one of the folders; sent anew where the line is cut. Answers how many bytes it had. */
  give(into: SentFolder, open: () => Readable, told: (bytes: number) => void, o: Waiting): Promise<number>
  /** Once; `order` is anything that can be cloned. `env`: more variables for the process of the run. */
  start(order: unknown, env: Readonly<Record<string, string>>, o: Waiting): Promise<void>
  /** To the end of the run. Rejects with what became of the pod. */
  said(o: Waiting): AsyncIterable<RunnerSaid>
  /** In good order, or now. */
  stop(now: boolean): void
  /** A file of the pod, once the run has ended; undefined: there is none. */
  fetch(path: string, o: Waiting): Promise<Readable | undefined>
  close(o: Waiting): Promise<void>
}

export interface RunnerOpening extends Waiting {
  readonly answer: AnswerRunner
  readonly note: (note: Diagnostic) => void
}

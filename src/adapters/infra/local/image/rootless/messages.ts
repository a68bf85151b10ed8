/** What a stage and the process that carries out its steps in images tell each other. All of it is plain data. */
import type { Diagnostic } from '../../../../../base/diagnostic.ts'
import type { Credentials, RegistryTarget } from '../../../../../ports/registry-auth.ts'
import type { HostMapping } from '../../../../../registry/endpoint.ts'
import type { FailureParcel } from '../../../../builders/rootless/failure-parcel.ts'
import type { Channel } from '../../../../builders/rootless/messages.ts'
import type { ImageEnd, ImageJob } from '../image-job.ts'

export interface StepFacts {
  /** Data folder. */
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** `ask` numbers questions, `id` jobs. */
export type ToStepWorker =
  | { readonly kind: 'run'; readonly id: number; readonly facts: StepFacts; readonly job: ImageJob; readonly hosts: readonly HostMapping[] }
  | { readonly kind: 'remove'; readonly id: number; readonly folder: string }
  /** Politely, or at once. */
  | { readonly kind: 'end'; readonly id: number; readonly now: boolean }
  | { readonly kind: 'credentials'; readonly ask: number; readonly credentials: Credentials | undefined }
  | { readonly kind: 'no credentials'; readonly ask: number; readonly failure: FailureParcel }

export type FromStepWorker =
  | { readonly kind: 'ended'; readonly id: number; readonly end: ImageEnd }
  | { readonly kind: 'removed'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureParcel }
  | { readonly kind: 'note'; readonly id: number; readonly note: Diagnostic }
  /** Credentials stay outside until a registry asks for them. */
  | { readonly kind: 'who am I'; readonly ask: number; readonly id: number; readonly target: RegistryTarget }

export type StepChannel = Channel<FromStepWorker, ToStepWorker>
export type StepWorkerChannel = Channel<ToStepWorker, FromStepWorker>

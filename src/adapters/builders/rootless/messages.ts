/** What a build and the process that carries it out tell each other. All of it is plain data. */
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { Ability } from '../../../builder/exec/sandbox.ts'
import type { CacheLimits, CachePart, CachePruned } from '../../../ports/build-cache.ts'
import type { BuildEvent, BuildRequest } from '../../../ports/builder.ts'
import type { Laid, ListedMount, PackedMount } from '../../../ports/cache-mounts.ts'
import type { Credentials, RegistryTarget } from '../../../ports/registry-auth.ts'
import type { HostMapping } from '../../../registry/endpoint.ts'
import type { FailureParcel } from './failure-parcel.ts'
import type { ImageParcel } from './image-parcel.ts'

export interface WorkerFacts {
  /** Data folder. */
  readonly home: string
  readonly hosts: readonly HostMapping[]
  /** It comes by this way because the starter's file should not hold it. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export type ToWorker =
  | { readonly kind: 'build'; readonly facts: WorkerFacts; readonly request: BuildRequest }
  | { readonly kind: 'check'; readonly facts: WorkerFacts; readonly request: BuildRequest }
  | { readonly kind: 'ability'; readonly facts: WorkerFacts }
  | { readonly kind: 'usage'; readonly facts: WorkerFacts }
  | { readonly kind: 'prune'; readonly facts: WorkerFacts; readonly limits: CacheLimits; readonly nowMs: number; readonly dryRun: boolean }
  | { readonly kind: 'mounts'; readonly facts: WorkerFacts }
  | { readonly kind: 'pack mounts'; readonly facts: WorkerFacts; readonly ids: readonly string[] }
  | { readonly kind: 'lay mounts'; readonly facts: WorkerFacts; readonly mounts: readonly PackedMount[]; readonly replace: boolean }
  | { readonly kind: 'credentials'; readonly id: number; readonly credentials: Credentials | undefined }
  | { readonly kind: 'no credentials'; readonly id: number; readonly failure: FailureParcel }
  | { readonly kind: 'abort' }

export type Job = Extract<ToWorker, { readonly facts: WorkerFacts }>

export type FromWorker =
  | { readonly kind: 'event'; readonly event: BuildEvent }
  /** Credentials stay outside until a registry asks for them. */
  | { readonly kind: 'who am I'; readonly id: number; readonly connector: string | undefined; readonly target: RegistryTarget }
  | { readonly kind: 'built'; readonly image: ImageParcel; readonly layers: number; readonly cachedLayers: number }
  | { readonly kind: 'checked'; readonly found: readonly Diagnostic[] }
  | { readonly kind: 'able'; readonly ability: Ability }
  | { readonly kind: 'used'; readonly items: readonly CachePart[] }
  | { readonly kind: 'pruned'; readonly pruned: CachePruned }
  | { readonly kind: 'mounts'; readonly mounts: readonly ListedMount[] }
  | { readonly kind: 'packed'; readonly mounts: readonly PackedMount[] }
  | { readonly kind: 'laid'; readonly mounts: readonly Laid[] }
  | { readonly kind: 'failed'; readonly failure: FailureParcel }

/** A pair of ears and a mouth: a child process, or a message port in tests. */
export interface Channel<In, Out> {
  send(message: Out): void
  onMessage(listen: (message: In) => void): void
  /** Once, when the other side is gone; `why` is what is known of the end. */
  onEnd(listen: (why: string) => void): void
  close(): void
}

/** What an image step shall make or take, and where it shall go. Plain JSON: plans hold it, engines are handed it. */
import type { Deferred, Planned } from '../base/planned.ts'
import type { NonEmpty } from '../base/result.ts'
import type { BuildSource } from './build-source.ts'
import type { PlannedLogin } from './login.ts'
import type { Transport } from './transport.ts'

/** Push-only jobs take one of the other kinds. Paths are absolute, references are valid, once they are known. */
export type JobSource =
  | BuildSource
  /** `name` chooses among several images of the archive. */
  | { readonly kind: 'archive'; readonly path: Planned<string>; readonly name?: Planned<string> }
  | { readonly kind: 'image'; readonly ref: Planned<string>; readonly viaAlias?: ViaAlias }
  /** The one image that an earlier step of the run built; absent when which one is only known at run time. */
  | { readonly kind: 'stage-image'; readonly step?: string; readonly ref?: Planned<string> }

/** `written` is the text of the setting; `ref` is then what it stands for. Look for `written` first. */
export interface ViaAlias {
  readonly written: string
}

export type ArchiveFormat = 'docker' | 'oci'

export type ImageOutput =
  | { readonly kind: 'registry'; readonly refs: Planned<NonEmpty<string>> }
  | { readonly kind: 'archive'; readonly path: Planned<string>; readonly format: ArchiveFormat; readonly names: Planned<NonEmpty<string>> }
  | { readonly kind: 'oci-layout'; readonly path: Planned<string>; readonly names: Planned<NonEmpty<string>> }
  /** Kept in the content store, under these names, for later steps; under `docker` in the Docker Engine as well, when one answers. */
  | { readonly kind: 'load'; readonly names: Planned<NonEmpty<string>>; readonly docker?: true }

export interface TagPolicy {
  /** A tag that the registry has is left alone, and its digest is the answer. */
  readonly skipExisting: boolean
  readonly immutableIsFine: boolean
}

/** Files written beside the outputs, absolute paths. */
export interface Reports {
  readonly digestFile?: Planned<string>
  readonly nameDigestFile?: Planned<string>
  readonly nameTagDigestFile?: Planned<string>
  readonly artifactFile?: Planned<string>
  readonly metadataFile?: Planned<string>
  readonly cacheMetricsFile?: Planned<string>
  readonly cardFile?: Planned<string>
  readonly outputFile?: Planned<string>
  readonly registryUrl?: Planned<string>
  readonly registryType: string
}

export type Mode = 'build-and-push' | 'build-only' | 'push-only'

export interface ImageJob {
  readonly kind: 'image-job'
  readonly mode: Mode
  readonly source: JobSource
  readonly outputs: readonly ImageOutput[]
  readonly tagPolicy: TagPolicy
  readonly pushRetries: number
  /** The registry's login depends on more than the reference: create it first, scan it, and so on. */
  readonly repository: RepositoryCare
  /** What the settings themselves say about signing in; absent when they say nothing. */
  readonly login?: PlannedLogin
  readonly transport: Transport
  readonly reports: Reports
}

export interface RepositoryCare {
  readonly create: boolean
  readonly scanOnPush: boolean
  readonly lifecyclePolicy?: Planned<string>
  readonly accessPolicy?: Planned<string>
  /** Ask for push rights before the build. */
  readonly checkFirst: boolean
}

/** What settings come to. `skip` is success without work; `deferred` means the mode itself waits for a value. */
export type JobPlan =
  | { readonly kind: 'job'; readonly job: ImageJob }
  | { readonly kind: 'skip'; readonly because: string }
  | { readonly kind: 'deferred'; readonly waits: NonEmpty<Deferred> }

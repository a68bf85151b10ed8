/** Makes an image from a Dockerfile. Builders hand an Image over; delivering it is not theirs, so digests are the same for every builder. */
import type { Instant } from '../base/clock.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { BuildEvent } from '../events/build-event.ts'
import type { CacheSource, CacheTarget } from '../image-job/cache-place.ts'
import type { CachedKind } from '../image-job/cache-plan.ts'
import type { Platform } from '../oci/platform.ts'
import type { Image, Index, Layer } from '../oci/views.ts'
import type { Baked, BakeRequest } from './bake.ts'
import type { RegistryUse } from './registry-use.ts'
import type { ToolWishes } from './tool-wishes.ts'

/** `folder` is an absolute path of this machine. */
export type NamedContext =
  | { readonly kind: 'folder'; readonly folder: string; readonly dockerignore?: { readonly name: string; readonly text: string } }
  | { readonly kind: 'image'; readonly name: string }
  /** An OCI layout, or an archive; `image` is a tag or a full name of one of its images. */
  | { readonly kind: 'layout'; readonly folder: string; readonly image?: string }

/** A socket of this machine, or private keys in PEM or OpenSSH form. */
export type SshSource = { readonly kind: 'agent'; readonly socket: string } | { readonly kind: 'keys'; readonly keys: readonly Uint8Array[] }

export interface CacheRules {
  /** Made in every build. */
  readonly anew: readonly CachedKind[]
  /** Neither taken from other places nor left there. */
  readonly unshared: readonly CachedKind[]
  /** What a command made longer ago is made again. */
  readonly maxAgeMs?: number
}

/** What becomes of the layers that a build adds to its base. The files are the same ones. */
export interface LayerWishes {
  /** One layer instead of one for each instruction. */
  readonly one?: boolean
  /** Paths that no layer holds, with all below them. */
  readonly leaveOut?: readonly string[]
  /** Packed by zstd instead of gzip. */
  readonly zstd?: { readonly level?: number }
}

export interface BuildRequest {
  /** Absolute path on this machine. */
  readonly contextDir: string
  /** `name` is shown in messages; the text has been read by the caller, who also reported a missing file. */
  readonly dockerfile: { readonly name: string; readonly text: string }
  /** Text of `<Dockerfile>.dockerignore` or `.dockerignore`, when there is one. */
  readonly dockerignore?: { readonly name: string; readonly text: string }
  readonly target?: string
  readonly args: ReadonlyMap<string, string>
  /** Names of arguments whose values are secrets: the history of the image does not tell them. */
  readonly secretArgs?: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  readonly platform: Platform
  /** More than one makes an index with an image for each; then `platform` is not asked for. */
  readonly platforms?: readonly Platform[]
  /** Other places by name, for FROM, COPY --from and mounts; they go before stages and images of that name. */
  readonly contexts?: ReadonlyMap<string, NamedContext>
  readonly created: Instant
  /** Name of a label that tells when the image was made: of what is found again, when it was made first. Labels of that name go before it. */
  readonly createdLabel?: string
  readonly reproducible: boolean
  readonly noCache: boolean
  /** Stages to build anew, by name or number. */
  readonly noCacheFor?: readonly string[]
  /** Where to look for layers that this machine lacks. What is not there is no failure. */
  readonly cacheFrom?: readonly CacheSource[]
  /** Where to leave layers for other machines. */
  readonly cacheTo?: readonly CacheTarget[]
  /** Without it every layer may be found and left, whatever made it and when. */
  readonly cacheRules?: CacheRules
  /** Tells by `cache` events which steps came from where, and why others did not. */
  readonly explainCache?: boolean
  /** How the registries of base images are reached, and with whose credentials; without it as the machine does. */
  readonly registries?: RegistryUse
  /** For RUN --mount=type=secret, by id. Never part of a cache key, of a layer or of an argument list. */
  readonly secrets?: ReadonlyMap<string, Uint8Array>
  /** For RUN --mount=type=ssh, by id. Keys are lent to the command by an agent: it can sign with them, not read them. */
  readonly ssh?: ReadonlyMap<string, SshSource>
  /** Of every RUN that does not say otherwise; `host` without it. */
  readonly network?: 'host' | 'none'
  /** More lines for /etc/hosts of a RUN. */
  readonly addHosts?: readonly { readonly name: string; readonly address: string }[]
  /** Size of /dev/shm of a RUN; 64 MiB without it. */
  readonly shmBytes?: number
  /** Name servers instead of this machine's. */
  readonly dns?: readonly string[]
  /** A base image that this machine has under its name is taken as it is; without it registries are always asked. */
  readonly localBases?: boolean
  readonly layers?: LayerWishes
  /** Domains in which RUN looks for names that have none. */
  readonly dnsSearch?: readonly string[]
  /** For builders that drive a tool from outside. */
  readonly tool?: ToolWishes
}

export type { BuildEvent }

export interface Built {
  readonly image: Image | Index
  readonly layers: number
  readonly cachedLayers: number
}

/**
 * 1. Equal requests give equal digests, whether layers were made or found, one after the other or at once. Secrets have no part in it.
 * 2. The image is sound: every digest and size can be derived again, its platform and labels are those asked for. Several platforms
 *    give an index in their order, a single one an image.
 * 3. Steps are told with numbers from 1, in order; each that begins ends once, also in a build that fails or is aborted; nothing is told after the end.
 * 4. May run several times at once. On abort it rejects with the signal's reason, leaves nothing half-written, and the next build goes as if it had not been.
 * 5. Faults of the Dockerfile and what is missing in the context are thrown Problems with their place.
 * 6. A layer that `onLayer` is told can be read; of a build that succeeds each of them is in the image.
 * 7. The request is not changed.
 */
export interface Builder {
  readonly name: string
  /** Asked before anything runs; the answer is reasons, never a boolean. No side effects. */
  check(request: BuildRequest, o: { readonly signal: AbortSignal }): Promise<readonly Diagnostic[]>
  /** What this machine lacks for any build of it, as Problems say it; asked before a stage begins. Without it, nothing is needed. */
  readonly ready?: (o: { readonly signal: AbortSignal }) => Promise<readonly Diagnostic[]>
  /** May run several times at once. On abort it rejects with the signal's reason and leaves nothing half-written. */
  build(request: BuildRequest, o: Building): Promise<Built>
  /** Absent: it reads no bake files. All images of the targets that the options name, or none. */
  readonly bake?: (request: BakeRequest, o: Building) => Promise<readonly Baked[]>
}

export interface Building {
  readonly signal: AbortSignal
  readonly emit: (event: BuildEvent) => void
  /** Told, where the builder can, of each layer as soon as its blob is there: whoever delivers may begin. The build may still fail. */
  readonly onLayer?: (layer: Layer, o: LayerNews) => void
}

export interface LayerNews {
  /** This build made it: no registry can have it unless somebody made the same. */
  readonly made: boolean
}

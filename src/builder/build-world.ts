/** What a build works with: given once, the same for all of its stages. */
import type { Span } from '../base/span.ts'
import type { Dockerfile } from '../dockerfile/parse.ts'
import type { ImageFormat } from '../oci/media-types.ts'
import type { Platform } from '../oci/platform.ts'
import type { Image } from '../oci/views.ts'
import type { BuildEvent, Building, BuildRequest } from '../ports/builder.ts'
import type { MountFacts } from '../ports/cache-mounts.ts'
import type { Remote } from '../ports/remote.ts'
import type { BuiltStage } from './build-stage.ts'
import type { CacheClient } from './cache/cache-import.ts'
import type { CacheStore } from './cache/cache-store.ts'
import type { TracedStep } from './cache/trace.ts'
import type { OpenRemote } from './context/remote-sources.ts'
import type { Sandbox } from './exec/sandbox.ts'
import type { PendingLayer, WrittenLayer } from './pending-layer.ts'
import type { RunWorld } from './run-world.ts'
import type { CacheOptions } from './solve/layer-cache.ts'
import type { Limit } from './solve/limit.ts'
import type { BuildStore } from './store/build-store.ts'
import type { Begin } from './tell.ts'
import type { Tree, Waiting } from './tree/node.ts'

/** Opens a base image for a platform; layers stay where they are until they are asked for. */
/** `local`: one of that name that this machine has is taken as it is, and nobody else is asked. */
export type OpenBase = (name: string, platform: Platform, o: Waiting & { readonly local?: boolean }) => Promise<Image>

export interface BuildOptions extends Waiting {
  readonly store: BuildStore
  readonly baseImage: OpenBase
  /** The machine that builds: BUILDPLATFORM. */
  readonly buildPlatform?: Platform
  readonly format?: ImageFormat
  readonly emit?: (event: BuildEvent) => void
  /** For caches in registries; without it there are none. */
  readonly cacheClient?: CacheClient
  /** For ADD of what lies outside. */
  readonly remote?: Remote
  readonly onLayer?: Building['onLayer']
  /** Where RUN runs; without it, the one of this machine. */
  readonly sandbox?: Sandbox
}

export interface BuildWorld extends Waiting {
  readonly file: Dockerfile
  readonly scope: ReadonlyMap<string, string>
  readonly given: ReadonlyMap<string, string>
  readonly usedArgs: Set<string>
  readonly platform: Platform
  /** The machine that builds. */
  readonly buildPlatform: Platform
  readonly context: Tree
  readonly store: CacheStore
  readonly cache: CacheOptions & { readonly store: CacheStore }
  /** What became of each step that makes a layer, in the order in which stages are written. */
  readonly traced: Map<number, readonly TracedStep[]>
  /** Layers that may be written at the same time. */
  readonly limit: Limit
  readonly createdMs: number
  /** Every time in the image is `createdMs`. */
  readonly reproducible: boolean
  readonly emit: (event: BuildEvent) => void
  /** Tells that a step of the build begins. */
  readonly begin: Begin
  /** Tells that what has begun is over, when the build has failed and nothing is under way any more. */
  readonly endAll: () => void
  /** Builds the stage when nobody has asked before. */
  readonly stage: (index: number) => Promise<BuiltStage>
  readonly openBase: (name: string, platform: Platform, at: Span) => Promise<Image>
  readonly imageTree: (name: string, at: Span) => Promise<Tree>
  readonly treeOf: (image: Image) => Tree
  /** The file system's time before the build. */
  readonly sinceMs: number
  /** What an ADD takes from outside. */
  readonly openRemote: OpenRemote
  /** What RUN needs; `at` is the RUN that asks. */
  readonly runs: (at: Span) => Promise<RunWorld>
  /** The same where a RUN has asked. */
  readonly runsNow: () => Promise<RunWorld | undefined>
  /** Ends when what was fetched for later builds is on the disk. */
  readonly settled: () => Promise<void>
  /** Secrets, network and the like, as asked for. */
  readonly request: BuildRequest
  /** The stage's layers are the image's: they may be written while later instructions run. */
  readonly exported: (index: number) => boolean
  /** Writes the layer and tells of it. */
  readonly write: (layer: PendingLayer) => Promise<WrittenLayer>
  /** Work that nobody waits for yet; the build ends when it has ended. */
  readonly ahead: Promise<unknown>[]
  /** Cache mounts that commands of this build had, by the names of their folders. */
  readonly mounts: Map<string, MountFacts>
  /** A folder for what this build alone needs; gone when it ends. */
  readonly scratch: () => Promise<string>
}

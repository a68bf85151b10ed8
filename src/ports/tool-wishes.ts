/** What only a tool from outside can be told: builders that are no tool leave it. Every value is in place. */
import type { PlainCacheSpec } from '../image-job/cache-place.ts'

export interface BuilderWishes {
  /** One that is there already is used and left; any other is made and removed. */
  readonly name?: string
  readonly driver?: string
  /** `NAME=VALUE` each. */
  readonly driverOptions: readonly string[]
  /** File of this machine. */
  readonly configFile?: string
  /** Address of a BuildKit elsewhere. */
  readonly remote?: string
  readonly buildkitVersion?: string
}

export interface ToolWishes {
  readonly builder?: BuilderWishes
  /** Whole options as they were written, each known to have no meaning of its own here. */
  readonly options: readonly string[]
  readonly cacheFrom: readonly PlainCacheSpec[]
  readonly cacheTo: readonly PlainCacheSpec[]
  /** Seconds; a time that was asked for, instead of the time of the build. */
  readonly epoch?: number
  readonly compression?: { readonly kind: 'gzip' | 'zstd'; readonly level?: number }
  readonly provenance?: string
  readonly sbom?: string
}

export const noWishes: ToolWishes = { options: [], cacheFrom: [], cacheTo: [] }

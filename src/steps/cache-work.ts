/** Work of the steps that save files for later runs, and of those that get them back. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'

export type ArchiveFormat = 'Tar' | 'Gzip' | 'Zstd'

export type PlannedPlace =
  | { readonly kind: 'here'; readonly insteadOf?: string }
  | {
      readonly kind: 's3'
      readonly connector: Planned<Text>
      readonly bucket: Planned<Text>
      readonly region?: Planned<Text>
      readonly endpoint?: Planned<Text>
      readonly pathStyle: Planned<boolean>
      readonly acl?: Planned<Text>
    }
  | { readonly kind: 'gcs'; readonly connector: Planned<Text>; readonly bucket: Planned<Text> }
  | { readonly kind: 'azure'; readonly connector: Planned<Text>; readonly account: Planned<Text>; readonly container: Planned<Text> }

interface Common {
  readonly place: PlannedPlace
  /** `of tools`: made of the files that known tools keep their dependencies in. */
  readonly key: Planned<Text> | 'of tools'
  /** Owners and special permission bits too. */
  readonly owners: Planned<boolean>
  /** It belongs to the stage's caching: what is missing is told and left out. */
  readonly ofStage: boolean
}

export interface SaveCacheWork extends Common {
  readonly kind: 'save-cache'
  readonly paths: Planned<readonly Text[]> | 'of tools'
  readonly override: Planned<boolean>
  readonly format: Planned<ArchiveFormat>
}

export interface RestoreCacheWork extends Common {
  readonly kind: 'restore-cache'
  readonly match: 'exact' | 'prefix'
  readonly failIfMissing: Planned<boolean>
  /** Outside of the workspace files come back only below these. */
  readonly outside: readonly string[]
  /** Inside of it too, where the pipeline says what is restored. */
  readonly only?: Planned<readonly Text[]> | 'of tools'
}

export type CacheWork = SaveCacheWork | RestoreCacheWork

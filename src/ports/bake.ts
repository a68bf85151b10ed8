/** Several images from one bake file, which says itself what is built and under which names. */
import type { Image, Index } from '../oci/views.ts'
import type { RegistryUse } from './registry-use.ts'
import type { ToolWishes } from './tool-wishes.ts'

export interface BakeRequest {
  /** Paths in the file start here; absolute. */
  readonly folder: string
  /** Absolute. */
  readonly file: string
  /** Targets and options, as they were written. */
  readonly options: readonly string[]
  /** For variables and secrets of the file. */
  readonly variables: ReadonlyMap<string, string>
  readonly registries?: RegistryUse
  readonly tool?: ToolWishes
}

export interface Baked {
  readonly target: string
  /** Full names that the file gives it. */
  readonly names: readonly string[]
  readonly image: Image | Index
}

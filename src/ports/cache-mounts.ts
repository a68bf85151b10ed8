/** The folders of `RUN --mount=type=cache`, as a whole: what there is, and the way to other machines and back. Safe beside builds at work. */
import type { Descriptor } from '../oci/descriptor.ts'
import type { Digest } from '../oci/digest.ts'

/** What names a cache: builds that say the same share it. */
export interface MountFacts {
  readonly id: string
  /** Names what it began with, where a mount says `from`. */
  readonly from?: string
  /** `sharing=private`: the second and further ones of that name, from 1. */
  readonly copy?: number
}

export interface ListedMount extends MountFacts {
  readonly bytes: number
  readonly usedMs: number
  readonly inUse: boolean
}

/** A cache whose files are a layer in the image store. */
export interface PackedMount extends MountFacts {
  readonly diffId: Digest
  readonly descriptor: Descriptor
}

export type Laid = PackedMount & {
  /** `kept`: this machine has one of that name, which stays. */
  readonly how: 'laid down' | 'replaced' | 'kept'
}

/**
 * Only folders that builds of this user on this machine would use are seen: those of another rung mean something else. Layers are read from and
 * written to the image store of the data folder, and are not given a name there.
 */
export interface CacheMounts {
  list(o: { readonly signal: AbortSignal }): Promise<readonly ListedMount[]>
  /**
   * `ids`: only these; empty: all of them. One that a build has for itself is waited for, a minute at most; one that builds share is read until it
   * stays the same while it is read. Throws CACHE_MOUNT_UNKNOWN, CACHE_MOUNT_IN_USE.
   */
  pack(ids: readonly string[], o: { readonly signal: AbortSignal }): Promise<readonly PackedMount[]>
  /** Each folder appears whole or not at all. Throws CACHE_MOUNT_REFUSED before anything is laid down, and CACHE_MOUNT_IN_USE. */
  lay(mounts: readonly PackedMount[], o: { readonly signal: AbortSignal; readonly replace: boolean }): Promise<readonly Laid[]>
}

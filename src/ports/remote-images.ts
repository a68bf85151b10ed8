/** Images in registries, read where they are, and what registries keep beside them. */
import type { OpenedImage } from './delivery.ts'
import type { RegistryUse } from './registry-use.ts'

export interface RemoteOptions {
  readonly signal: AbortSignal
  readonly use: RegistryUse
}

/** An artifact that refers to an image. */
export interface AttachedArtifact {
  readonly artifactType: string
  readonly digest: string
  /** When it was made, where it says so. */
  readonly created?: string
  /** Its first layer as text. Throws when that is too large to be a report. */
  text(o: { readonly signal: AbortSignal }): Promise<string>
}

export interface RemoteImages {
  /** Its views are good as long as the signal. */
  open(ref: string, o: RemoteOptions): Promise<OpenedImage>
  /** What refers to the image. */
  attached(ref: string, o: RemoteOptions): Promise<readonly AttachedArtifact[]>
}

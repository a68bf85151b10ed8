/** A descriptor points at content: its kind, its digest and its size. */
import type { Digest } from './digest.ts'
import type { Platform } from './platform.ts'

export type Annotations = Readonly<Record<string, string>>

export interface Descriptor {
  readonly mediaType: string
  readonly digest: Digest
  readonly size: number
  readonly urls?: readonly string[]
  readonly annotations?: Annotations
  readonly platform?: Platform
  readonly artifactType?: string
  /** Base64 of the content itself, when it is small. */
  readonly data?: string
}

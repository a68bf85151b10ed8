/** One line of an ignore file: a flaw that somebody has decided to live with, perhaps for some packages only, perhaps for a time only. */
import type { Instant } from '../base/clock.ts'
import type { Span } from '../base/span.ts'

export interface IgnoreRule {
  /** Of the flaw, or one of its other names. */
  readonly id: string
  /** Patterns of paths inside the image; without them everywhere. */
  readonly paths?: readonly string[]
  /** Package URLs without version match every version. */
  readonly purls?: readonly string[]
  /** From then on it counts again. */
  readonly until?: Instant
  readonly statement?: string
  readonly at: Span
}

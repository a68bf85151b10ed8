/** What signing in to a cloud needs of the world. */
import type { Clock } from '../../../base/clock.ts'
import type { Span } from '../../../base/span.ts'
import type { HostMapping } from '../../../registry/endpoint.ts'
import type { HttpSend } from '../../../registry/http.ts'

export interface CloudWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly send: HttpSend
  /** Token services are reached through it as registries are. */
  readonly hosts: readonly HostMapping[]
  /** Told every secret that was made on the way, before it is used. */
  readonly onSecret: (value: string) => void
}

export interface Waiting {
  readonly signal: AbortSignal
}

/** Where a login comes from, for messages: whose it is, and the place in the user's text. */
export interface Owner {
  /** "connector aws", "the settings of the step". */
  readonly from: string
  readonly at?: Span
}

/** Time as an argument: instants in milliseconds since the epoch, and a wait that an AbortSignal ends. */
export type Instant = number

export interface Clock {
  now(): Instant
  /** Resolves after `ms`, rejects with the signal's reason when it aborts first. */
  sleep(ms: number, o: { readonly signal: AbortSignal }): Promise<void>
}

/** Credentials for a registry, by the longest matching prefix. `undefined` means "not mine, ask the next". */
import type { Instant } from '../base/clock.ts'

export interface RegistryTarget {
  /** Canonical registry host, such as `docker.io` or `localhost:5000`. */
  readonly registry: string
  readonly repository: string
}

export type Credentials = (
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** `username` goes with it where a registry takes a user and a password only. */
  | { readonly kind: 'identity-token'; readonly token: string; readonly username?: string }
  | { readonly kind: 'bearer'; readonly token: string }
) & {
  /** When they stop working: asked for again before that. Absent: they last. */
  readonly until?: Instant
}

export interface RegistryAuth {
  readonly name: string
  credentialsFor(target: RegistryTarget, o: { readonly signal: AbortSignal }): Promise<Credentials | undefined>
}

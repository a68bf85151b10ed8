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

/**
 * 1. Undefined: no login of these belongs to the target; it is asked without one, or the next is. That is never an error.
 * 2. Of several logins the longest prefix wins, by whole parts of the path, and only for its own host and port.
 * 3. May be asked many times at once; the same question has the same answer for as long as it holds.
 * 4. Rejects with the signal's reason once it aborts. Others who asked the same are served all the same.
 * 5. A place of logins that cannot be read, or that fails, is a thrown Problem that shows nothing of a secret.
 */
export interface RegistryAuth {
  readonly name: string
  credentialsFor(target: RegistryTarget, o: { readonly signal: AbortSignal }): Promise<Credentials | undefined>
}

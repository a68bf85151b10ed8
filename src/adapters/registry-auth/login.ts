/** A login: credentials and the part of a registry they belong to. Sources offer them, `choose-login.ts` takes the best. */
import type { Credentials, RegistryTarget } from '../../ports/registry-auth.ts'
import type { Prefix } from './prefix.ts'

export interface Login {
  readonly prefix: Prefix
  /** Where it is kept, for people: a file, a helper, a connector. */
  readonly from: string
  /** Reaches further than it was given for: taken only when no other login fits. */
  readonly lastResort?: boolean
  /** Asked only when the login is chosen. Undefined: nothing is kept here after all, take the next. */
  credentials(o: { readonly signal: AbortSignal }): Promise<Credentials | undefined>
}

export interface LoginSource {
  /** For people: "connector hub", a file, a variable. */
  readonly name: string
  /** All logins that fit the target, in any order. Throws CREDENTIALS_UNREADABLE. */
  logins(target: RegistryTarget, o: { readonly signal: AbortSignal }): Promise<readonly Login[]>
}

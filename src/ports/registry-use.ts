/** With whose credentials and by which ways a step reaches registries: all that its connectors and settings say, every value in place. */
import type { LoginSettings } from '../image-job/login.ts'

export interface RegistryUse {
  /** Of the step, as it is named there: `account.hub`. */
  readonly connector?: string
  /** For the images that a build begins with; asked before `connector`. */
  readonly baseConnectors: readonly string[]
  /** Beside the connector; absent: none. */
  readonly otherConnectors?: readonly string[]
  readonly settings: LoginSettings
  /** The hosts that the step delivers to: a user and a password without a host are for these. */
  readonly registries: readonly string[]
  readonly ways: RegistryWays
  /** More tries than usual, where the step asks for them. */
  readonly retries: { readonly push: number; readonly pull: number }
}

interface PerPurpose {
  readonly push: boolean
  readonly pull: boolean
  /** Hosts of which it is true whatever is done there; `*` is every host. */
  readonly hosts: readonly string[]
}

export interface RegistryWays {
  readonly skipVerify: PerPurpose
  readonly plainHttp: PerPurpose
  /** By host, PEM text. */
  readonly certificates: Readonly<Record<string, string>>
  readonly clientCertificates: Readonly<Record<string, { readonly cert: string; readonly key: string }>>
  /** PEM text of an authority to trust for every host. */
  readonly ca?: string
  /** Of Docker Hub. */
  readonly mirrors: readonly string[]
  readonly mirrorsOnly: boolean
  /** Registries that are taken from elsewhere: host to host, with a path if need be. */
  readonly map: Readonly<Record<string, readonly string[]>>
}

export type Purpose = 'push' | 'pull'

const nothing: PerPurpose = { push: false, pull: false, hosts: [] }

/** Nothing is named and nothing set. */
export const plainUse: RegistryUse = {
  baseConnectors: [],
  settings: {},
  registries: [],
  ways: { skipVerify: nothing, plainHttp: nothing, certificates: {}, clientCertificates: {}, mirrors: [], mirrorsOnly: false, map: {} },
  retries: { push: 0, pull: 0 },
}

/** Registries for a tool that goes there by itself: where each of them really is, and what the tool signs in with. */
import type { RegistryUse } from './registry-use.ts'

export interface RegistriesWanted {
  /** Names of images and repositories that it writes to. */
  readonly push: readonly string[]
  /** Of images that it reads. */
  readonly pull: readonly string[]
  readonly use: RegistryUse
}

export interface ToolRegistries {
  /** Names that are to be spelled in another way, as `hosts` has their registries elsewhere. */
  readonly spelled: ReadonlyMap<string, string>
  /** Registry to the places where its images are looked for, in order, each with what goes before repositories. */
  readonly places: ReadonlyMap<string, readonly string[]>
  /** Of no registry anything is looked for at its own place. */
  readonly placesOnly: boolean
  /** Hosts that do not encrypt. */
  readonly plainHttp: readonly string[]
  /** Hosts whose certificates are not looked at. */
  readonly unverified: readonly string[]
  /** By host, PEM text of the authorities to trust. */
  readonly authorities: ReadonlyMap<string, string>
  /** As `config.json` of docker has them. Undefined: nobody signs in. */
  readonly logins: string | undefined
  /** What of it nobody may see. */
  readonly secrets: readonly string[]
}

export type FindToolRegistries = (wanted: RegistriesWanted, o: { readonly signal: AbortSignal }) => Promise<ToolRegistries>

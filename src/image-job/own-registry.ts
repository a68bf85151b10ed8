/** Slipway's own registry, by the name that references have. `hosts` may map it to one that many machines share; else it is this machine's, served during a run. */
export const ownRegistryHost = 'registry.slipway.internal'

/** Where a run keeps it below the data folder: `slipway registry serve --listen 127.0.0.1:5000=own` serves the same images. */
export const ownRegistryName = 'own'

/** `account.Team` and `Team` are the repositories below `team`. */
export function ownRegistryPath(registryRef: string): string {
  return `${ownRegistryHost}/${registryRef.replace(/^(account|org)\./, '').toLowerCase()}`
}

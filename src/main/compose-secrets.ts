/** Where secrets come from on this machine: the environment first, then the store, which is opened when somebody needs it. */
import { envSecrets } from '../adapters/secrets/env-secrets.ts'
import { storedSecrets } from '../adapters/secrets/stored-secrets.ts'
import { once } from '../oci/once.ts'
import type { SecretSource } from '../ports/secret-source.ts'
import type { SecretStore } from '../ports/secret-store.ts'
import type { Machine } from './compose-toolbox.ts'

type Needs = Pick<Machine, 'env' | 'clock'>

export async function composeSecretStore({ env, clock }: Needs, home: string): Promise<SecretStore> {
  const { secretStore } = await import('../adapters/secrets/store/secret-store.ts')
  return secretStore({ dir: home, passphrase: env['SLIPWAY_SECRETS_PASSPHRASE'], now: () => clock.now() })
}

export function secretSources(needs: Needs, home: string): readonly SecretSource[] {
  return [envSecrets(needs.env), storedSecrets(once(() => composeSecretStore(needs, home)))]
}

/** By its name alone: no key is needed to know that it is there. */
export async function knowsSecret(needs: Needs, home: string, name: string, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
  if ((await envSecrets(needs.env).read(name, { signal })) !== undefined) return true
  const store = await composeSecretStore(needs, home)
  try {
    const kept = new Set(store.list().map((one) => one.name))
    return kept.has(name) || kept.has(name.replace(/^(account|org)\./, ''))
  } finally {
    store.close()
  }
}

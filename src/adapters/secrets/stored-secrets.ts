/** Secrets from the store of this machine, with their scope and without it, the scoped one first. */

import { type SecretSource, secretValue } from '../../ports/secret-source.ts'
import type { SecretStore } from '../../ports/secret-store.ts'

export function storedSecrets(open: () => Promise<SecretStore>): SecretSource {
  return {
    name: 'secret store (slipway secret)',
    async read(name, { signal }) {
      signal.throwIfAborted()
      const store = await open()
      for (const spelling of new Set([name, name.replace(/^(account|org)\./, '')])) {
        const value = store.read(spelling)
        if (value !== undefined) return secretValue(name, value)
      }
      return undefined
    },
  }
}

/** Secrets from the environment: `account.docker-password` is SLIPWAY_SECRET_ACCOUNT_DOCKER_PASSWORD, or without its scope. */
import { type SecretSource, secretValue } from '../../ports/secret-source.ts'

export function envSecrets(env: Readonly<Record<string, string | undefined>>): SecretSource {
  return {
    name: 'environment (SLIPWAY_SECRET_*)',
    async read(name, { signal }) {
      signal.throwIfAborted()
      for (const spelling of [name, name.replace(/^(account|org)\./, '')]) {
        const value = env[`SLIPWAY_SECRET_${spelling.replace(/\W/g, '_').toUpperCase()}`]
        if (value !== undefined) return secretValue(name, value)
      }
      return undefined
    },
  }
}

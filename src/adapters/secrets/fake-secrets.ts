/** Secrets that are made up: each has a value that names it, so that a pipeline can be tried without them. */
import { type SecretSource, secretValue } from '../../ports/secret-source.ts'

export function fakeSecrets(): SecretSource {
  return {
    name: 'infrastructure fake',
    async read(name, { signal }) {
      signal.throwIfAborted()
      return secretValue(name, `fake-secret-${name}`)
    },
  }
}

/** Reads a secret from the first source that has it, and announces the value before anyone uses it. */
import { problem } from '../../base/problem.ts'
import type { SecretSource } from '../../ports/secret-source.ts'
import type { ReadSecret } from '../registry-auth/connector-auth.ts'

export function readSecretFrom(sources: readonly SecretSource[], onSecret: (value: string) => void): ReadSecret {
  return async (name, o) => {
    for (const source of sources) {
      const value = (await source.read(name, o))?.reveal()
      if (value === undefined) continue
      onSecret(value)
      return value
    }
    throw problem('SECRET_NOT_FOUND', { name, sources: sources.map((source) => source.name).join(', '), variable: name.replace(/\W/g, '_').toUpperCase() })
  }
}

/** Asks one source of credentials after the other; the first that knows the registry answers. */
import type { RegistryAuth } from '../../ports/registry-auth.ts'

export function chainAuth(...sources: readonly RegistryAuth[]): RegistryAuth {
  return {
    name: sources.map((source) => source.name).join(', '),
    async credentialsFor(target, o) {
      for (const source of sources) {
        const found = await source.credentialsFor(target, o)
        if (found !== undefined) return found
      }
      return undefined
    },
  }
}

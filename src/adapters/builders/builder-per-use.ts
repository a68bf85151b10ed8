/** A builder for each way of using registries: base images come with the logins and by the ways of the step that builds. */

import type { BakeRequest } from '../../ports/bake.ts'
import type { Builder, BuildRequest } from '../../ports/builder.ts'
import { plainUse, type RegistryUse } from '../../ports/registry-use.ts'

export function builderPerUse(name: string, builderFor: (use: RegistryUse) => Builder): Builder {
  return {
    name,
    ready: async (o) => builderFor(plainUse).ready?.(o) ?? [],
    check: (request, o) => builderFor(request.registries ?? plainUse).check(withoutUse(request), o),
    build: (request, o) => builderFor(request.registries ?? plainUse).build(withoutUse(request), o),
    bake: async (request, o) => {
      const builder = builderFor(request.registries ?? plainUse)
      if (builder.bake === undefined) throw new Error(`${name} reads no bake files`)
      return builder.bake(withoutUse(request), o)
    },
  }
}

/** Builders hand requests on, to other processes too: what signs in stays here. */
function withoutUse<R extends BuildRequest | BakeRequest>({ registries: _, ...request }: R): Omit<R, 'registries'> {
  return request
}

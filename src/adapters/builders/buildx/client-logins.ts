/** The registries that the builder itself talks to, which are those of its caches: where they are for it, and with which logins. */
import { parseRef, withDefaultTag } from '../../../oci/ref.ts'
import type { RegistryAuth } from '../../../ports/registry-auth.ts'
import type { ToolWishes } from '../../../ports/tool-wishes.ts'
import { endpointOf, type HostMapping } from '../../../registry/endpoint.ts'
import { authEntry, authKey } from '../../registry-auth/client-logins.ts'

export interface ToolRegistry {
  readonly auth: RegistryAuth
  readonly hosts: readonly HostMapping[]
}

/** The reference with its host as the `hosts` mapping has it. Pure. */
export function mappedRef(text: string, hosts: readonly HostMapping[]): { readonly ref: string; readonly plainHttp: boolean } {
  const parsed = parseRef(text)
  if (!parsed.ok) return { ref: text, plainHttp: false }
  const { registry, repository, tag, digest } = withDefaultTag(parsed.value)
  const { origin, prefix } = endpointOf(registry, hosts)
  const url = new URL(origin)
  const own = endpointOf(registry, [])
  const host = origin === own.origin && prefix === '' ? registry : url.host
  return {
    ref: `${host}/${prefix}${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`,
    plainHttp: url.protocol === 'http:',
  }
}

/** For `auths` of the client's configuration. A push's login goes before a pull's: a cache that is written is read as well. */
export async function clientAuths(
  { cacheFrom, cacheTo }: Pick<ToolWishes, 'cacheFrom' | 'cacheTo'>,
  registries: { readonly pull: ToolRegistry; readonly push: ToolRegistry },
  o: { readonly signal: AbortSignal },
): Promise<Readonly<Record<string, object>>> {
  const auths: Record<string, object> = {}
  for (const [specs, { auth, hosts }] of [
    [cacheFrom, registries.pull],
    [cacheTo, registries.push],
  ] as const)
    for (const { type, attributes } of specs) {
      const parsed = parseRef(type === 'registry' ? (attributes['ref'] ?? '') : '')
      if (!parsed.ok) continue
      const credentials = await auth.credentialsFor(parsed.value, o)
      const [host = ''] = mappedRef(attributes['ref'] ?? '', hosts).ref.split('/')
      if (credentials !== undefined) auths[authKey(host)] = authEntry(credentials)
    }
  return auths
}

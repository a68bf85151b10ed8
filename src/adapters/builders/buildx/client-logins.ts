/** The registries that the builder itself talks to, which are those of its caches: where they are for it, and with which logins. */
import { parseRef, withDefaultTag } from '../../../oci/ref.ts'
import type { Credentials, RegistryAuth } from '../../../ports/registry-auth.ts'
import type { ToolWishes } from '../../../ports/tool-wishes.ts'
import { endpointOf, type HostMapping } from '../../../registry/endpoint.ts'

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
      const login = credentials === undefined ? undefined : loginOf(credentials)
      if (login !== undefined) auths[keyOf(mappedRef(attributes['ref'] ?? '', hosts).ref)] = login
    }
  return auths
}

function keyOf(ref: string): string {
  const [host = ''] = ref.split('/')
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

function loginOf(credentials: Credentials): object {
  switch (credentials.kind) {
    case 'basic':
      return { auth: Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64') }
    case 'identity-token':
      return { auth: Buffer.from(`${credentials.username ?? '<token>'}:`).toString('base64'), identitytoken: credentials.token }
    case 'bearer':
      return { registrytoken: credentials.token }
  }
}

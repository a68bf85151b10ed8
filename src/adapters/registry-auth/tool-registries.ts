/** What a tool is told of the registries that it goes to by itself: the `hosts` mapping and logins of this machine, connectors and the step. */
import { parseRef } from '../../oci/ref.ts'
import { dockerHub } from '../../oci/registry-host.ts'
import type { RegistryUse } from '../../ports/registry-use.ts'
import type { FindToolRegistries, ToolRegistries } from '../../ports/tool-registries.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { type Endpoint, mappingOf, pullEndpoints } from '../../registry/endpoint.ts'
import { authEntry, authKey } from './client-logins.ts'

export interface ToolRegistryNeeds {
  readonly clientFor: (use: RegistryUse, purpose: 'pull' | 'push') => RegistryClient
}

export function findToolRegistries({ clientFor }: ToolRegistryNeeds): FindToolRegistries {
  return async ({ push, pull, use }, o) => {
    const found = collected()
    // A push's login goes before a pull's: where one may write one may read.
    for (const [names, client, spells] of [
      [pull, clientFor(use, 'pull'), false],
      [push, clientFor(use, 'push'), true],
    ] as const) {
      for (const name of names) {
        const parsed = parseRef(name)
        if (!parsed.ok) continue
        const { registry } = parsed.value
        const endpoints = pullEndpoints(registry, client.hosts)
        const own = endpoints.at(-1)
        const moved = mappingOf(registry, client.hosts)?.endpoint !== undefined
        if (spells && moved && own !== undefined) found.spelled.set(name, `${hostOf(own)}/${own.prefix}${rest(name, registry)}`)
        if (!spells && (moved || endpoints.length > 1)) found.places.set(registry, endpoints.map(placeOf))
        for (const endpoint of endpoints) found.ways(endpoint)
        const credentials = await client.auth.credentialsFor(parsed.value, o)
        const host = moved && own !== undefined ? hostOf(own) : registry
        if (credentials !== undefined) found.auths[authKey(host)] = authEntry(credentials)
      }
    }
    return found.told()
  }
}

/** The repository with its tag or digest as they were written. */
function rest(name: string, registry: string): string {
  if (name.startsWith(`${registry}/`)) return name.slice(registry.length + 1)
  return registry === dockerHub && !name.includes('/') ? `library/${name}` : name
}

const hostOf = ({ origin }: Endpoint): string => new URL(origin).host

function placeOf(endpoint: Endpoint): string {
  return `${hostOf(endpoint)}/${endpoint.prefix}`.replace(/\/$/, '')
}

function collected() {
  const spelled = new Map<string, string>()
  const places = new Map<string, readonly string[]>()
  const plainHttp = new Set<string>()
  const unverified = new Set<string>()
  const authorities = new Map<string, string>()
  const auths: Record<string, object> = {}
  return {
    spelled,
    places,
    auths,
    ways(endpoint: Endpoint): void {
      const host = hostOf(endpoint)
      if (endpoint.origin.startsWith('http:')) plainHttp.add(host)
      if (endpoint.skipVerify) unverified.add(host)
      if (endpoint.ca !== undefined) authorities.set(host, endpoint.ca)
    },
    told: (): ToolRegistries => ({
      spelled,
      places,
      plainHttp: [...plainHttp],
      unverified: [...unverified],
      authorities,
      logins: Object.keys(auths).length === 0 ? undefined : JSON.stringify({ auths }),
    }),
  }
}

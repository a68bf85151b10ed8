/** What a tool is told of the registries that it goes to by itself: the `hosts` mapping and logins of this machine, connectors and the step. */
import { parseRef, type RepositoryRef } from '../../oci/ref.ts'
import { dockerHub } from '../../oci/registry-host.ts'
import type { Credentials } from '../../ports/registry-auth.ts'
import type { RegistryUse } from '../../ports/registry-use.ts'
import type { FindToolRegistries, ToolRegistries } from '../../ports/tool-registries.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { type Endpoint, endpointOf, mappingOf, pullEndpoints } from '../../registry/endpoint.ts'
import { authEntry, authKey } from './client-logins.ts'

export interface ToolRegistryNeeds {
  readonly clientFor: (use: RegistryUse, purpose: 'pull' | 'push') => RegistryClient
}

export function findToolRegistries({ clientFor }: ToolRegistryNeeds): FindToolRegistries {
  return async ({ push, pull, use }, o) => {
    const found = collected()
    const reading = clientFor(use, 'pull')
    for (const name of pull) {
      const parsed = parseRef(name)
      if (!parsed.ok) continue
      const { registry } = parsed.value
      const endpoints = pullEndpoints(registry, reading.hosts)
      const mapping = mappingOf(registry, reading.hosts)
      if (mapping?.endpoint !== undefined || endpoints.length > 1)
        found.places.set(
          registry,
          endpoints.flatMap((one) => placeOf(one, registry)),
        )
      if (mapping?.mirrorsOnly === true) found.mirrorsOnly()
      for (const endpoint of endpoints) {
        found.ways(endpoint)
        const ref = { ...parsed.value, registry: endpoint.registry }
        found.login(atPlace(ref, endpoint, mapping?.endpoint !== undefined), await reading.auth.credentialsFor(ref, o))
      }
    }
    // A push's login goes before a pull's: where one may write one may read.
    const writing = clientFor(use, 'push')
    for (const name of push) {
      const parsed = parseRef(name)
      if (!parsed.ok) continue
      const ref = parsed.value
      const endpoint = endpointOf(ref.registry, writing.hosts)
      const moved = mappingOf(ref.registry, writing.hosts)?.endpoint !== undefined
      const there = atPlace(ref, endpoint, moved)
      if (moved) found.spelled.set(name, `${there.host}/${there.repository}${tail(ref)}`)
      found.ways(endpoint)
      found.login(there, await writing.auth.credentialsFor(ref, o))
    }
    return found.told()
  }
}

interface Place {
  readonly host: string
  readonly repository: string
}

/** As the tool names it. */
function atPlace({ registry, repository }: RepositoryRef, endpoint: Endpoint, moved: boolean): Place {
  const elsewhere = moved || endpoint.mirror === true
  return { host: elsewhere ? hostOf(endpoint) : registry, repository: elsewhere ? `${endpoint.prefix}${repository}` : repository }
}

function tail({ tag, digest }: { readonly tag?: string; readonly digest?: string }): string {
  return `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

const hostOf = ({ origin }: Endpoint): string => new URL(origin).host

/** Docker Hub at its own place is found without a word, by a name that logins have. */
function placeOf(endpoint: Endpoint, registry: string): readonly string[] {
  const host = hostOf(endpoint)
  if (registry === dockerHub && endpoint.mirror !== true && host === 'registry-1.docker.io') return []
  return [`${host}/${endpoint.prefix}`.replace(/\/$/, '')]
}

function collected() {
  const spelled = new Map<string, string>()
  const places = new Map<string, readonly string[]>()
  const plainHttp = new Set<string>()
  const unverified = new Set<string>()
  const authorities = new Map<string, string>()
  const auths: Record<string, object> = {}
  const secrets = new Set<string>()
  let placesOnly = false
  return {
    spelled,
    places,
    mirrorsOnly: (): void => {
      placesOnly = true
    },
    /** Of the repository, and of its host for whatever else is there: one host may have several. */
    login({ host, repository }: Place, credentials: Credentials | undefined): void {
      if (credentials === undefined) return
      const entry = authEntry(credentials)
      auths[authKey(host)] = entry
      auths[`${host === dockerHub ? 'index.docker.io' : host}/${repository}`] = entry
      for (const value of Object.values(entry)) secrets.add(String(value))
      secrets.add(credentials.kind === 'basic' ? credentials.password : credentials.token)
    },
    ways(endpoint: Endpoint): void {
      const host = hostOf(endpoint)
      if (endpoint.origin.startsWith('http:')) plainHttp.add(host)
      if (endpoint.skipVerify) unverified.add(host)
      if (endpoint.ca !== undefined) authorities.set(host, endpoint.ca)
    },
    told: (): ToolRegistries => ({
      spelled,
      places,
      placesOnly,
      plainHttp: [...plainHttp],
      unverified: [...unverified],
      authorities,
      logins: Object.keys(auths).length === 0 ? undefined : JSON.stringify({ auths }),
      secrets: [...secrets],
    }),
  }
}

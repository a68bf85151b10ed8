/** The registry client: everything that the distribution specification offers about one repository, as plain functions. */
import type { Clock } from '../base/clock.ts'
import type { RepositoryRef } from '../oci/ref.ts'
import type { RegistryAuth } from '../ports/registry-auth.ts'
import type { Access } from './authorizer.ts'
import type { UploadManners } from './chunked-upload.ts'
import { type Endpoint, endpointOf, type HostMapping, pullEndpoints } from './endpoint.ts'
import type { HttpSend } from './http.ts'
import { type Mirrors, mirrors } from './mirrors.ts'
import { type RetryPolicy, usualRetry, withRetry } from './retry.ts'
import { type Answer, type Ask, type Transport, transport } from './transport.ts'

export interface RegistryClientOptions {
  readonly send: HttpSend
  readonly auth: RegistryAuth
  readonly clock: Clock
  readonly hosts?: readonly HostMapping[]
  readonly retry?: RetryPolicy
  readonly userAgent?: string
  /** Told what registries ask for; never a credential. */
  readonly say?: (line: string) => void
  /** Told what registries warn of, each text once. */
  readonly warn?: (registry: string, text: string) => void
}

export interface Waiting {
  readonly signal: AbortSignal
}

/** Keeps tokens and connections for all that goes through it: one client per run. */
export interface RegistryClient {
  /** Rights are asked for all at once, so that one token serves a whole push. */
  repository(ref: RepositoryRef, actions: Access['actions'], o?: { readonly alsoPull?: readonly string[] }): Repository
  readonly clock: Clock
  /** What it was made with, for another process to make one like it. */
  readonly auth: RegistryAuth
  readonly hosts: readonly HostMapping[]
}

/** One repository as seen with certain rights. Functions of `blobs.ts`, `manifests.ts` and `tags.ts` take it. */
export interface Repository extends RepositoryRef {
  /** The name in paths, before an endpoint's prefix goes in front. */
  readonly path: string
  /** Shared by all repositories of the registry. */
  readonly uploads: UploadManners
  readonly access: Access
  ask(request: Omit<Ask, 'access'>, o: Waiting): Promise<Answer>
  /** For sequences that can only be tried again as a whole. */
  retry<T>(attempt: () => Promise<T>, o: Waiting): Promise<T>
  /** `ask` with tries. */
  insist(request: Omit<Ask, 'access'>, o: Waiting): Promise<Answer>
  readonly clock: Clock
}

interface Shared {
  readonly transport: Transport
  readonly mirrors: Mirrors
  readonly clock: Clock
  readonly policy: RetryPolicy
}

export function createRegistryClient(o: RegistryClientOptions): RegistryClient {
  const { clock, hosts = [], retry: policy = usualRetry } = o
  const shared: Shared = {
    transport: transport({ ...o, ...(o.warn !== undefined && { warn: onceEach(o.warn) }), userAgent: o.userAgent ?? 'slipway' }),
    mirrors: mirrors(o),
    clock,
    policy,
  }
  const manners = new Map<string, UploadManners>()
  return {
    clock,
    auth: o.auth,
    hosts,
    repository: (ref, actions, { alsoPull = [] } = {}) => {
      const pulls = actions.every((action) => action === 'pull')
      const endpoints = pulls ? pullEndpoints(ref.registry, hosts) : [endpointOf(ref.registry, hosts)]
      const endpoint = endpoints.at(-1) ?? endpointOf(ref.registry, hosts)
      const access: Access = { endpoint, repository: ref.repository, actions, ...(alsoPull.length > 0 && { alsoPull }) }
      const uploads = manners.get(endpoint.origin) ?? { chunkBytes: undefined }
      manners.set(endpoint.origin, uploads)
      return repositoryOf(ref, { access, endpoints, uploads }, shared)
    },
  }
}

function onceEach(tell: (registry: string, text: string) => void): (registry: string, text: string) => void {
  const told = new Set<string>()
  return (registry, text) => {
    const key = `${registry} ${text}`
    if (told.has(key)) return
    told.add(key)
    tell(registry, text)
  }
}

interface Seen {
  readonly access: Access
  readonly endpoints: readonly Endpoint[]
  readonly uploads: UploadManners
}

function repositoryOf(ref: RepositoryRef, { access, endpoints, uploads }: Seen, o: Shared): Repository {
  const ask = (request: Omit<Ask, 'access'>, w: Waiting) =>
    o.mirrors.ask(request, endpoints, (endpoint) => o.transport.ask({ ...request, access: { ...access, endpoint } }, w))
  const retry = <T>(attempt: () => Promise<T>, w: Waiting) => withRetry(attempt, { clock: o.clock, policy: o.policy, signal: w.signal })
  return {
    registry: ref.registry,
    repository: ref.repository,
    path: ref.repository,
    uploads,
    access,
    ask,
    retry,
    insist: (request, w) => retry(() => ask(request, w), w),
    clock: o.clock,
  }
}

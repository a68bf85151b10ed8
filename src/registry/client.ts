/** The registry client: everything that the distribution specification offers about one repository, as plain functions. */
import type { Clock } from '../base/clock.ts'
import type { RepositoryRef } from '../oci/ref.ts'
import type { RegistryAuth } from '../ports/registry-auth.ts'
import type { Access } from './authorizer.ts'
import { endpointOf, type HostMapping } from './endpoint.ts'
import type { HttpSend } from './http.ts'
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
}

export interface Waiting {
  readonly signal: AbortSignal
}

/** Keeps tokens and connections for all that goes through it: one client per run. */
export interface RegistryClient {
  /** Rights are asked for all at once, so that one token serves a whole push. */
  repository(ref: RepositoryRef, actions: Access['actions'], o?: { readonly alsoPull?: readonly string[] }): Repository
  readonly clock: Clock
}

/** One repository as seen with certain rights. Functions of `blobs.ts`, `manifests.ts` and `tags.ts` take it. */
export interface Repository extends RepositoryRef {
  /** The name in paths: with the endpoint's prefix. */
  readonly path: string
  readonly access: Access
  ask(request: Omit<Ask, 'access'>, o: Waiting): Promise<Answer>
  /** For sequences that can only be tried again as a whole. */
  retry<T>(attempt: () => Promise<T>, o: Waiting): Promise<T>
  /** `ask` with tries. */
  insist(request: Omit<Ask, 'access'>, o: Waiting): Promise<Answer>
  readonly clock: Clock
}

export function createRegistryClient(o: RegistryClientOptions): RegistryClient {
  const shared = transport({ ...o, userAgent: o.userAgent ?? 'slipway' })
  return {
    clock: o.clock,
    repository: (ref, actions, { alsoPull = [] } = {}) => {
      const endpoint = endpointOf(ref.registry, o.hosts ?? [])
      const access: Access = { endpoint, repository: ref.repository, actions, ...(alsoPull.length > 0 && { alsoPull }) }
      return repositoryOf(ref, access, { transport: shared, clock: o.clock, policy: o.retry ?? usualRetry })
    },
  }
}

function repositoryOf(ref: RepositoryRef, access: Access, o: { transport: Transport; clock: Clock; policy: RetryPolicy }): Repository {
  const ask = (request: Omit<Ask, 'access'>, w: Waiting) => o.transport.ask({ ...request, access }, w)
  const retry = <T>(attempt: () => Promise<T>, w: Waiting) => withRetry(attempt, { clock: o.clock, policy: o.policy, signal: w.signal })
  return {
    registry: ref.registry,
    repository: ref.repository,
    path: `${access.endpoint.prefix}${ref.repository}`,
    access,
    ask,
    retry,
    insist: (request, w) => retry(() => ask(request, w), w),
    clock: o.clock,
  }
}

/** Proof of who asks: answers challenges, and keeps tokens for as long and as far as they hold. */
import type { Clock } from '../base/clock.ts'
import { isProblem, problem } from '../base/problem.ts'
import type { Credentials, RegistryAuth, RegistryTarget } from '../ports/registry-auth.ts'
import { type Challenge, parseChallenges } from './challenge.ts'
import type { Endpoint } from './endpoint.ts'
import type { HttpSend } from './http.ts'
import { basicHeader, fetchToken } from './token.ts'

/** What a request needs. One push uses one access for all of its requests, so that one token serves them. */
export interface Access {
  readonly endpoint: Endpoint
  /** Undefined for requests about the whole registry, such as its catalog. */
  readonly repository?: string
  readonly actions: readonly ('pull' | 'push' | 'delete')[]
  /** Repositories to mount blobs from. */
  readonly alsoPull?: readonly string[]
}

export interface Authorizer {
  /** The Authorization header that worked before, if it still holds. */
  known(access: Access): string | undefined
  /** A new header in answer to a 401. Throws REGISTRY_UNAUTHORIZED when there is none to give. */
  answer(access: Access, challenges: readonly string[], o: { readonly signal: AbortSignal }): Promise<string>
  /** The registry answered without wanting to know who asks. */
  notAsked(access: Access): void
}

interface Held {
  readonly header: string
  readonly scopes: ReadonlySet<string>
  readonly untilMs: number
}

export interface AuthorizerOptions {
  readonly auth: RegistryAuth
  readonly send: HttpSend
  readonly clock: Clock
  /** Told what registries ask for; never a credential. */
  readonly say?: (line: string) => void
}

export function authorizer(o: AuthorizerOptions): Authorizer {
  const held = new Map<string, Held[]>()
  const asked = new Map<string, Promise<Held>>()
  const open = new Set<string>()
  return {
    known: (access) => {
      const needed = scopesOf(access)
      const fits = (one: Held) => one.untilMs > o.clock.now() && needed.every((scope) => one.scopes.has(scope))
      return held.get(keyOf(access))?.find(fits)?.header
    },
    answer: async (access, headers, { signal }) => {
      const key = keyOf(access)
      const once = `${key}\n${scopesOf(access).join(' ')}`
      // Parallel requests of one push are refused together and share one answer.
      const challenges = parseChallenges(headers)
      if (!asked.has(once)) o.say?.(`${nameOf(access)}: ${showChallenges(challenges)}`)
      const answer = asked.get(once) ?? obtain(access, challenges, { ...o, signal }).finally(() => asked.delete(once))
      asked.set(once, answer)
      const got = await answer
      held.set(key, [got, ...(held.get(key) ?? []).filter((one) => one.untilMs > o.clock.now() && one !== got)].slice(0, 4))
      return got.header
    },
    notAsked: (access) => {
      if (o.say === undefined || open.has(keyOf(access))) return
      open.add(keyOf(access))
      o.say(`${nameOf(access)}: the registry did not ask who we are`)
    },
  }
}

function showChallenges(challenges: readonly Challenge[]): string {
  const shown = challenges.map(({ scheme, parameters }) => (scheme === 'bearer' ? `a token from ${placeOf(parameters['realm'] ?? '')}` : scheme))
  return `the registry asks for ${shown.join(' or ') || 'nothing that we know'}`
}

async function obtain(access: Access, challenges: readonly Challenge[], o: AuthorizerOptions & { readonly signal: AbortSignal }): Promise<Held> {
  const { endpoint, repository = '' } = access
  const credentials = await o.auth.credentialsFor(targetOf(access), o)
  if (credentials?.kind === 'bearer') return asLongAs(credentials, access, `Bearer ${credentials.token}`)
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer')
  if (bearer !== undefined) return bearerToken(access, bearer, { ...o, credentials })
  const what = repository === '' ? 'this request' : repository
  if (credentials === undefined)
    throw problem('REGISTRY_UNAUTHORIZED', { registry: endpoint.registry, what, reason: 'it asks who we are, and no credentials were found' })
  if (credentials.kind === 'basic') return asLongAs(credentials, access, basicHeader(credentials))
  const { username, token } = credentials
  if (username !== undefined) return asLongAs(credentials, access, basicHeader({ username, password: token }))
  throw problem('REGISTRY_UNAUTHORIZED', { registry: endpoint.registry, what, reason: 'it takes a user and a password, and an identity token was given' })
}

async function bearerToken(
  access: Access,
  challenge: Challenge,
  o: AuthorizerOptions & { readonly signal: AbortSignal; readonly credentials: Exclude<Credentials, { kind: 'bearer' }> | undefined },
): Promise<Held> {
  const { realm = '', service, scope } = challenge.parameters
  const scopes = scopesOf(access)
  const request = {
    endpoint: access.endpoint,
    realm,
    scopes: scopes.length > 0 ? scopes.map(spelled(access)) : (scope ?? '').split(' ').filter((text) => text !== ''),
    ...(service !== undefined && { service }),
    ...(o.credentials !== undefined && { credentials: o.credentials }),
  }
  const fetch = (wanted: readonly string[]) => fetchToken({ ...request, scopes: merged(wanted) }, { send: o.send, nowMs: o.clock.now(), signal: o.signal })
  const { token, seconds } = await fetch(request.scopes).catch((error: unknown) => {
    // Some services refuse everything when one repository to mount from is not ours. Without it blobs are uploaded instead.
    if (!isProblem(error, 'REGISTRY_TOKEN_REFUSED') || error.retryable || access.alsoPull === undefined) throw error
    const { alsoPull: _, ...alone } = access
    return fetch(scopesOf(alone).map(spelled(access)))
  })
  // A tenth less than promised: a token must not expire on its way.
  return { header: `Bearer ${token}`, scopes: new Set(scopes), untilMs: o.clock.now() + seconds * 900 }
}

/** Without a query: it is the registry's own text and may hold anything. */
function placeOf(realm: string): string {
  const url = URL.canParse(realm) ? new URL(realm) : undefined
  return url === undefined ? 'nowhere' : `${url.origin}${url.pathname}`
}

/** One entry per right: `acme/app:push`. */
function scopesOf(access: Access): readonly string[] {
  const own = access.repository === undefined ? [] : access.actions.map((action) => `${access.repository}:${action}`)
  return [...own, ...(access.alsoPull ?? []).map((repository) => `${repository}:pull`)]
}

function spelled(access: Access): (scope: string) => string {
  return (scope) => `repository:${access.endpoint.prefix}${scope}`
}

/** `repository:a:pull` and `repository:a:push` become `repository:a:pull,push`. */
function merged(scopes: readonly string[]): readonly string[] {
  const actions = new Map<string, string[]>()
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':')
    const known = actions.get(scope.slice(0, colon)) ?? []
    actions.set(scope.slice(0, colon), [...known, scope.slice(colon + 1)])
  }
  return [...actions].map(([name, list]) => `${name}:${[...new Set(list)].join(',')}`)
}

function keyOf(access: Access): string {
  const { registry, origin, prefix } = access.endpoint
  return `${registry} ${origin}/${prefix}${access.repository ?? ''}`
}

/** What credentials are looked up for: the name in references. A mirror has no other name than its own. */
function targetOf({ endpoint, repository = '' }: Access): RegistryTarget {
  return { registry: endpoint.registry, repository: endpoint.mirror === true ? `${endpoint.prefix}${repository}` : repository }
}

function nameOf(access: Access): string {
  const { registry, repository } = targetOf(access)
  return repository === '' ? registry : `${registry}/${repository}`
}

function asLongAs({ until }: Credentials, access: Access, header: string): Held {
  return { header, scopes: new Set(scopesOf(access)), untilMs: until ?? Number.POSITIVE_INFINITY }
}

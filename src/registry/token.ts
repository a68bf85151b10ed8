/** Fetches a bearer token from the service that a challenge names. */
import { problem } from '../base/problem.ts'
import type { Credentials } from '../ports/registry-auth.ts'
import type { Endpoint } from './endpoint.ts'
import { refusal, secretsIn } from './failure.ts'
import type { HttpRequest, HttpSend } from './http.ts'
import { parseToken } from './schema.ts'
import { connectionProblem } from './unreachable-registry.ts'

export interface TokenRequest {
  readonly endpoint: Endpoint
  readonly realm: string
  readonly service?: string
  readonly scopes: readonly string[]
  /** None: an anonymous token. */
  readonly credentials?: Exclude<Credentials, { kind: 'bearer' }>
}

export interface Token {
  readonly token: string
  readonly seconds: number
}

export async function fetchToken(request: TokenRequest, o: { readonly send: HttpSend; readonly nowMs: number; readonly signal: AbortSignal }): Promise<Token> {
  const { endpoint, scopes, credentials } = request
  const realm = realmOf(request)
  const exchange = credentials?.kind === 'identity-token' ? refreshRequest(realm, request, credentials.token) : plainRequest(realm, request)
  const response = await o.send(exchange, o).catch((error: unknown) => {
    throw connectionProblem(error, realm.host, o)
  })
  const what = scopes.join(' ') || 'access'
  if (response.status !== 200) {
    const secrets = credentials?.kind === 'identity-token' ? [credentials.token] : secretsIn(exchange.headers['authorization'])
    const failed = await refusal(response, { registry: endpoint.registry, what, nowMs: o.nowMs, secrets })
    const reason = failed.message
    throw problem(
      'REGISTRY_TOKEN_REFUSED',
      { registry: endpoint.registry, what, status: response.status, reason },
      { cause: failed.cause, retryable: failed.retryable },
    )
  }
  const token = parseToken(Buffer.concat(await response.body.toArray()).toString('utf8'))
  if (token === undefined) throw problem('REGISTRY_PROTOCOL', { registry: endpoint.registry, what: 'its token service', reason: 'the answer holds no token' })
  return token
}

/** Credentials never travel in the clear to a place that the registry names, unless the registry itself is reached so. */
function realmOf({ endpoint, realm, credentials }: TokenRequest): URL {
  if (!URL.canParse(realm))
    throw problem('REGISTRY_PROTOCOL', {
      registry: endpoint.registry,
      what: 'its challenge',
      reason: `"${realm.slice(0, 200)}" is not the URL of a token service`,
    })
  const url = new URL(realm)
  if (credentials !== undefined && url.protocol !== 'https:' && endpoint.origin.startsWith('https:')) {
    throw problem('REGISTRY_INSECURE_TOKEN', { registry: endpoint.registry, realm: url.origin })
  }
  return url
}

function plainRequest(realm: URL, { endpoint, service, scopes, credentials }: TokenRequest): HttpRequest {
  const url = new URL(realm)
  if (service !== undefined) url.searchParams.set('service', service)
  for (const scope of scopes) url.searchParams.append('scope', scope)
  const headers: Record<string, string> = { accept: 'application/json' }
  if (credentials?.kind === 'basic') {
    url.searchParams.set('account', credentials.username)
    headers['authorization'] = basicHeader(credentials)
  }
  return { method: 'GET', url, headers, ...tlsOf(endpoint, url) }
}

function refreshRequest(realm: URL, { endpoint, service, scopes }: TokenRequest, token: string): HttpRequest {
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'slipway', refresh_token: token, scope: scopes.join(' ') })
  if (service !== undefined) form.set('service', service)
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()), ...tlsOf(endpoint, realm) }
}

/** The registry's TLS settings count for its token service too when both are one host. */
function tlsOf(endpoint: Endpoint, url: URL): { endpoint?: Endpoint } {
  return new URL(endpoint.origin).hostname === url.hostname ? { endpoint } : {}
}

export function basicHeader({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/** Requests to a registry: with proof of who asks, over redirects, and every unexpected answer as a Problem. No retries: see `retry.ts`. */
import type { Clock } from '../base/clock.ts'
import { problem } from '../base/problem.ts'
import type { RegistryAuth } from '../ports/registry-auth.ts'
import { type Access, authorizer } from './authorizer.ts'
import { discard } from './discard.ts'
import { refusal, secretsIn } from './failure.ts'
import type { HttpRequest, HttpResponse, HttpSend } from './http.ts'
import { connectionProblem } from './unreachable-registry.ts'
import { warningsOf } from './warnings.ts'

export interface Ask {
  readonly access: Access
  readonly method: HttpRequest['method']
  /** A path below `/v2/` and the endpoint's prefix, or the URL that an earlier answer gave. */
  readonly at: string | URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpRequest['body']
  /** Statuses to hand back; all others become Problems. */
  readonly accept: readonly number[]
  /** For messages: "to push acme/app:1" or "acme/app:1". */
  readonly what: string
}

export interface Answer extends HttpResponse {
  /** Where the answer came from, after redirects. */
  readonly url: URL
}

export interface Transport {
  ask(request: Ask, o: { readonly signal: AbortSignal }): Promise<Answer>
}

export interface TransportOptions {
  readonly send: HttpSend
  readonly auth: RegistryAuth
  readonly clock: Clock
  readonly userAgent: string
  readonly say?: (line: string) => void
  /** Told what a registry warns of. */
  readonly warn?: (registry: string, text: string) => void
}

export function transport(o: TransportOptions): Transport {
  const proof = authorizer(o)
  return {
    ask: async (request, { signal }) => {
      const attempt = (authorization: string | undefined) => follow(request, authorization, { ...o, signal })
      let authorization = proof.known(request.access)
      let answer = await attempt(authorization)
      // A host that the registry only sent us to may ask what it likes: its challenge could name a token service of its own.
      if (answer.status === 401 && answer.url.origin === request.access.endpoint.origin) {
        await discard(answer.body)
        authorization = await proof.answer(request.access, answer.headers('www-authenticate'), { signal })
        answer = await attempt(authorization)
      } else if (authorization === undefined) proof.notAsked(request.access)
      const { registry } = request.access.endpoint
      for (const text of warningsOf(answer.headers('warning'))) o.warn?.(registry, text)
      if (request.accept.includes(answer.status)) return answer
      throw await refusal(answer, {
        registry,
        what: request.what,
        nowMs: o.clock.now(),
        secrets: secretsIn(authorization),
      })
    },
  }
}

const mostRedirects = 5
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

type Sending = TransportOptions & { readonly signal: AbortSignal }

async function follow(request: Ask, authorization: string | undefined, o: Sending): Promise<Answer> {
  const { endpoint } = request.access
  let url = typeof request.at === 'string' ? new URL(`/v2/${request.at === '' ? '' : endpoint.prefix}${request.at}`, endpoint.origin) : request.at
  for (let i = 0; ; i++) {
    const home = url.origin === endpoint.origin
    const response = await exchange(request, { url, ...(home && authorization !== undefined && { authorization }), ...o })
    const location = response.header('location')
    const elsewhere = redirects.has(response.status) && (request.method === 'GET' || request.method === 'HEAD')
    if (!elsewhere || request.accept.includes(response.status) || location === undefined) return { ...response, url }
    await discard(response.body)
    const next = redirected(location, url)
    if (next === undefined || i >= mostRedirects) {
      const reason = next === undefined ? 'it redirects to a place that is not safe' : `it redirects more than ${mostRedirects} times`
      throw problem('REGISTRY_PROTOCOL', { registry: endpoint.registry, what: request.what, reason })
    }
    url = next
  }
}

async function exchange(request: Ask, o: Sending & { readonly url: URL; readonly authorization?: string }): Promise<HttpResponse> {
  const { endpoint } = request.access
  const home = o.url.origin === endpoint.origin
  const headers = { 'user-agent': o.userAgent, ...request.headers, ...(o.authorization !== undefined && { authorization: o.authorization }) }
  const { method, body } = request
  try {
    return await o.send({ method, url: o.url, headers, ...(body !== undefined && { body }), ...(home && { endpoint }) }, o)
  } catch (error) {
    throw connectionProblem(error, home ? endpoint.registry : o.url.host, o)
  }
}

/** From TLS never back to plain HTTP. */
function redirected(location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined
  const url = new URL(location, from)
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && from.protocol === 'http:')
  return safe ? url : undefined
}

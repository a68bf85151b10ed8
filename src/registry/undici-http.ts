/** HttpSend over undici: one pool of connections per set of TLS settings and proxy. */
import { addAbortSignal } from 'node:stream'
import { Agent, type Dispatcher, ProxyAgent } from 'undici'
import type { Endpoint } from './endpoint.ts'
import type { HttpRequest, HttpResponse, HttpSend } from './http.ts'
import { type Proxies, proxyFor } from './proxies.ts'
import { connectionProblem } from './unreachable-registry.ts'

interface Way {
  readonly dispatcher: Dispatcher
  /** `proxy.acme.com:3128`, for messages. */
  readonly proxy?: string
}

/** Answers the way to take to a URL, with an endpoint's TLS settings; the same one for equal settings. */
type Dispatchers = (endpoint: Endpoint | undefined, url: URL) => Way

export interface OwnedDispatchers {
  readonly dispatchers: Dispatchers
  close(): Promise<void>
}

/** A silent peer is given up after this long: headers of a large commit may take minutes, bytes may not. */
const usualWaits = { headersTimeout: 300_000, bodyTimeout: 60_000, keepAliveTimeout: 10_000 }

export interface DispatcherOptions {
  readonly proxies?: Proxies
  readonly waits?: Partial<typeof usualWaits>
}

export function ownDispatchers(o: DispatcherOptions = {}): OwnedDispatchers {
  const waits = { ...usualWaits, ...o.waits }
  const agents = new Map<string, Dispatcher>()
  return {
    dispatchers: (endpoint, url) => {
      const proxy = proxyFor(url, o.proxies ?? {})
      const tls = tlsOf(endpoint)
      const key = JSON.stringify([proxy?.href, tls])
      const dispatcher =
        agents.get(key) ?? (proxy === undefined ? new Agent({ ...waits, connect: tls }) : new ProxyAgent({ ...waits, uri: proxy.href, requestTls: tls }))
      agents.set(key, dispatcher)
      return { dispatcher, ...(proxy !== undefined && { proxy: proxy.host }) }
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    },
  }
}

function tlsOf(endpoint: Endpoint | undefined) {
  const { skipVerify = false, ca, clientCert, clientKey } = endpoint ?? {}
  return {
    timeout: 20_000,
    rejectUnauthorized: !skipVerify,
    ...(ca !== undefined && { ca }),
    ...(clientCert !== undefined && { cert: clientCert }),
    ...(clientKey !== undefined && { key: clientKey }),
  }
}

export function undiciHttp(dispatchers: Dispatchers): HttpSend {
  return async (request, o) => {
    const body = request.body === undefined || request.body instanceof Uint8Array ? request.body : await request.body.open(o)
    const { dispatcher, proxy } = dispatchers(request.endpoint, request.url)
    const exchange = dispatcher.request({
      origin: request.url.origin,
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method,
      headers: { ...request.headers, ...lengthOf(request) },
      signal: o.signal,
      // Left to itself, undici closes the connection after each HEAD, and pushing asks for every layer so.
      ...(request.method === 'HEAD' && { reset: false }),
      ...(body !== undefined && { body: body instanceof Uint8Array ? body : addAbortSignal(o.signal, body) }),
    })
    const answer = await exchange.catch((error: unknown) => {
      if (proxy === undefined) throw error
      throw connectionProblem(error, `${request.endpoint?.registry ?? request.url.host} (through the proxy ${proxy})`, o)
    })
    return responseOf(answer)
  }
}

/** Known sizes are sent as content-length: registries refuse or slow down chunked bodies. */
function lengthOf({ body, method }: HttpRequest): Record<string, string> {
  if (body instanceof Uint8Array) return { 'content-length': String(body.length) }
  if (body !== undefined) return body.size === undefined ? {} : { 'content-length': String(body.size) }
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { 'content-length': '0' } : {}
}

function responseOf(answer: Dispatcher.ResponseData): HttpResponse {
  const headers = (name: string): readonly string[] => {
    const value = answer.headers[name]
    return value === undefined ? [] : Array.isArray(value) ? value : [value]
  }
  // A body that is given up fails late, when nobody listens any more; readers get the error all the same.
  answer.body.on('error', () => undefined)
  return { status: answer.statusCode, headers, header: (name) => headers(name)[0], body: answer.body }
}

/** HttpSend over undici: one pool of connections per set of TLS settings. */
import { addAbortSignal } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { Endpoint } from './endpoint.ts'
import type { HttpRequest, HttpResponse, HttpSend } from './http.ts'

/** Answers the dispatcher to use for an endpoint; the same one for equal settings. */
export type Dispatchers = (endpoint: Endpoint | undefined) => Dispatcher

export interface OwnedDispatchers {
  readonly dispatchers: Dispatchers
  close(): Promise<void>
}

/** A silent peer is given up after this long: headers of a large commit may take minutes, bytes may not. */
const waits = { headersTimeout: 300_000, bodyTimeout: 60_000, keepAliveTimeout: 10_000 }

export function ownDispatchers(): OwnedDispatchers {
  const agents = new Map<string, Agent>()
  return {
    dispatchers: (endpoint) => {
      const skip = endpoint?.skipVerify === true
      const key = `${skip}\n${endpoint?.ca ?? ''}`
      const agent =
        agents.get(key) ??
        new Agent({ ...waits, connect: { timeout: 20_000, rejectUnauthorized: !skip, ...(endpoint?.ca !== undefined && { ca: endpoint.ca }) } })
      agents.set(key, agent)
      return agent
    },
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    },
  }
}

export function undiciHttp(dispatchers: Dispatchers): HttpSend {
  return async (request, o) => {
    const body = request.body === undefined || request.body instanceof Uint8Array ? request.body : await request.body.open(o)
    const answer = await dispatchers(request.endpoint).request({
      origin: request.url.origin,
      path: `${request.url.pathname}${request.url.search}`,
      method: request.method,
      headers: { ...request.headers, ...lengthOf(request) },
      signal: o.signal,
      ...(body !== undefined && { body: body instanceof Uint8Array ? body : addAbortSignal(o.signal, body) }),
    })
    return responseOf(answer)
  }
}

/** Known sizes are sent as content-length: registries refuse or slow down chunked bodies. */
function lengthOf({ body, method }: HttpRequest): Record<string, string> {
  if (body !== undefined) return { 'content-length': String(body instanceof Uint8Array ? body.length : body.size) }
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

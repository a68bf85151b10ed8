/** HTTP to one API server: who asks, what it refuses in words, and patience while it is away. */
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher } from 'undici'
import type { Clock } from '../base/clock.ts'
import { type Gate, gate } from '../base/gate.ts'
import { isProblem, type Problem, problem } from '../base/problem.ts'
import type { ClusterAccess } from './access.ts'
import { parseStatus } from './schema.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface ClusterRequest {
  /** As RBAC calls it. */
  readonly verb: 'create' | 'get' | 'list' | 'watch' | 'delete' | 'patch'
  /** `pods`, `pods/log`. */
  readonly resource: string
  readonly namespace: string
  /** From `/api` on, without the query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Where there is no such thing, that is an answer. */
  readonly mayBeAbsent?: boolean
}

/** Any number of requests at once. */
export interface ClusterConnection {
  readonly name: string
  readonly access: ClusterAccess
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  /** Asks again while the server is away. Undefined: absent, where that is allowed. */
  json(request: ClusterRequest, o: Waiting): Promise<unknown>
  /** Asks once; the body goes on as long as the server likes. */
  stream(request: ClusterRequest, o: Waiting): Promise<Readable | undefined>
  /** As often as the server is away; what is refused is thrown. */
  patiently<T>(attempt: () => Promise<T>, o: Waiting): Promise<T>
  /** For what is over soon: so many of it go on at once, whatever a thousand stages want. */
  readonly short: Gate
  /** Told of each request that is made. */
  count(request: Pick<ClusterRequest, 'verb' | 'resource'>): void
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly clock: Clock
  /** How long the server may be away. */
  readonly patienceMs?: number
  readonly onRequest?: (request: Pick<ClusterRequest, 'verb' | 'resource'>) => void
}

const usualPatienceMs = 60_000
const mostAtOnce = 64
const methods = { create: 'POST', get: 'GET', list: 'GET', watch: 'GET', delete: 'DELETE', patch: 'PATCH' } as const

export function openCluster(access: ClusterAccess, o: ConnectionOptions): ClusterConnection {
  const { ca, cert, key, skipVerify, serverName } = access.tls
  const connect = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(skipVerify === true && { rejectUnauthorized: false }),
  }
  // Logs may be silent for hours: only the caller's signal ends the wait.
  const dispatcher = new Agent({ connect: { ...connect, timeout: 10_000 }, headersTimeout: 30_000, bodyTimeout: 0, keepAliveTimeout: 10_000 })
  const short = gate(mostAtOnce)
  const count: ClusterConnection['count'] = (request) => o.onRequest?.(request)
  const ask = async (request: ClusterRequest, w: Waiting): Promise<Dispatcher.ResponseData | undefined> => {
    count(request)
    const answer = await exchange(dispatcher, access, request, w)
    if (answer.statusCode < 300) return answer
    if (answer.statusCode === 404 && request.mayBeAbsent === true) {
      await answer.body.dump()
      return undefined
    }
    throw refusal(answer.statusCode, await shortText(answer.body), request, access)
  }
  const patiently: ClusterConnection['patiently'] = (attempt, w) => untilThere(attempt, o.clock, o.patienceMs ?? usualPatienceMs, w)
  return {
    name: access.name,
    access,
    dispatcher,
    clock: o.clock,
    patiently,
    count,
    short,
    json: (request, w) => patiently(() => short.pass(async () => (await ask(request, w))?.body.json()), w),
    stream: async (request, w) => (await ask(request, w))?.body,
    close: () => dispatcher.destroy(),
  }
}

/** First soon, then less and less often. */
export function waitBeforeTry(tries: number): number {
  return Math.min(5000, 250 * 2 ** tries)
}

async function untilThere<T>(attempt: () => Promise<T>, clock: Clock, patienceMs: number, w: Waiting): Promise<T> {
  const until = clock.now() + patienceMs
  for (let tries = 0; ; tries++) {
    w.signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (!isProblem(error) || !error.retryable || clock.now() >= until) throw error
      await clock.sleep(waitBeforeTry(tries), w)
    }
  }
}

export function urlOf({ server }: ClusterAccess, { path, query = {} }: Pick<ClusterRequest, 'path' | 'query'>): URL {
  const url = new URL(`${server.replace(/\/$/, '')}${path}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
  return url
}

async function exchange(dispatcher: Dispatcher, access: ClusterAccess, request: ClusterRequest, { signal }: Waiting): Promise<Dispatcher.ResponseData> {
  const url = urlOf(access, request)
  const type = request.verb === 'patch' ? 'application/strategic-merge-patch+json' : 'application/json'
  const headers = { ...(await access.headers()), accept: 'application/json, */*', ...(request.body !== undefined && { 'content-type': type }) }
  try {
    return await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: methods[request.verb],
      headers,
      signal,
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    })
  } catch (error) {
    signal.throwIfAborted()
    throw unreachableCluster(access, error)
  }
}

export function unreachableCluster({ name, server }: ClusterAccess, error: unknown): Problem {
  return problem('K8S_UNREACHABLE', { cluster: name, server, reason: reasonOf(error) }, { cause: error, retryable: true })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'the host is not known',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer in time',
  EPIPE: 'it closed the connection',
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

/** An answer that is no success, as what people can act upon. */
export function refusal(status: number, text: string, request: ClusterRequest, { name }: ClusterAccess): Problem {
  const { verb, resource, namespace } = request
  const reason = parseStatus(text)
  if (status === 401) return problem('K8S_UNAUTHORIZED', { cluster: name, reason })
  // Quotas and admission say 403 too, and say so in their own words.
  if (status === 403 && /cannot \w+ resource/.test(reason)) return problem('K8S_FORBIDDEN', { cluster: name, verb, resource, namespace, reason })
  const retryable = status === 429 || status >= 500
  return problem('K8S_REFUSED', { cluster: name, what: `${verb} ${resource}`, namespace, status, reason }, { retryable })
}

async function shortText(body: Readable): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += (chunk as Buffer).toString('utf8')
    if (text.length > 16_384) break
  }
  return text
}

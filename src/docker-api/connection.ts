/** HTTP to one engine: finds the API version to speak, and puts refusals into words. */
import { addAbortSignal, type Readable } from 'node:stream'
import { type Dispatcher, Pool } from 'undici'
import { isProblem, problem } from '../base/problem.ts'
import { parseFailure } from './schema.ts'

/** `unix:///var/run/docker.sock` or `tcp://127.0.0.1:2375`, as in DOCKER_HOST. */
export type EngineHost = string

/** For `tcp:` engines that want TLS; PEM texts. */
export interface EngineTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Without the version. */
  readonly path: string
  /** For messages. */
  readonly what: string
  readonly accept: readonly number[]
  readonly headers?: Readonly<Record<string, string>>
  /** Text is JSON. */
  readonly body?: Readable | string
}

/** The body is read to the end, discarded or destroyed by whoever asked. */
export interface EngineAnswer {
  readonly status: number
  readonly body: Readable
  json(): Promise<unknown>
  discard(): Promise<void>
}

export interface EngineConnection {
  readonly name: string
  /** The API version that both sides know. Asked once. */
  api(o: { readonly signal: AbortSignal }): Promise<string>
  ask(request: EngineRequest, o: { readonly signal: AbortSignal }): Promise<EngineAnswer>
  json(path: string, what: string, o: { readonly signal: AbortSignal }): Promise<unknown>
  close(): Promise<void>
}

/** Docker 17.06 and later. */
const oldest = 30
/** What this file was written against; engines keep speaking it for years. */
const newest = 47

export function openConnection(host: EngineHost, tls?: EngineTls): EngineConnection {
  const pool = poolFor(host, tls)
  let version: Promise<string> | undefined
  const api = async (o: { readonly signal: AbortSignal }): Promise<string> => {
    version ??= ping(pool, host, o)
    try {
      return await version
    } catch (error) {
      // The engine may be up a moment later.
      version = undefined
      throw error
    }
  }
  const ask = async (request: EngineRequest, o: { readonly signal: AbortSignal }): Promise<EngineAnswer> => {
    try {
      const answer = await exchange(pool, host, { ...request, path: `/v${await api(o)}${request.path}` }, o)
      if (request.accept.includes(answer.statusCode)) return answerOf(answer)
      throw await refusal(answer, host, request.what)
    } catch (error) {
      if (typeof request.body === 'object') request.body.destroy()
      throw error
    }
  }
  return {
    name: host,
    api,
    ask,
    json: async (path, what, o) => (await ask({ method: 'GET', path, what, accept: [200] }, o)).json(),
    close: () => pool.destroy(),
  }
}

function poolFor(host: EngineHost, tls: EngineTls | undefined): Pool {
  // Loading a large image is silent for minutes: only the caller's signal ends the wait.
  const patience = { headersTimeout: 0, bodyTimeout: 0 }
  if (host.startsWith('unix://')) return new Pool('http://docker', { ...patience, socketPath: host.slice('unix://'.length) })
  const address = host.replace(/^tcp:/, tls === undefined ? 'http:' : 'https:')
  if (/^https?:\/\/[^/]+$/.test(address) && URL.canParse(address)) return new Pool(address, { ...patience, ...(tls !== undefined && { connect: { ...tls } }) })
  throw problem('DOCKER_HOST_UNKNOWN', { host })
}

async function ping(pool: Pool, host: EngineHost, o: { readonly signal: AbortSignal }): Promise<string> {
  const answer = await exchange(pool, host, { method: 'GET', path: '/_ping', what: 'whether it is there', accept: [200] }, o)
  if (answer.statusCode !== 200) throw await refusal(answer, host, 'whether it is there')
  await answer.body.dump()
  const text = String(answer.headers['api-version'] ?? '')
  const [, minor] = /^1\.(\d+)$/.exec(text) ?? []
  if (minor === undefined || Number(minor) < oldest)
    throw problem('DOCKER_TOO_OLD', { engine: host, api: text === '' ? 'no version' : text, oldest: `1.${oldest}` })
  return `1.${Math.min(newest, Number(minor))}`
}

async function exchange(pool: Pool, host: EngineHost, request: EngineRequest, o: { readonly signal: AbortSignal }): Promise<Dispatcher.ResponseData> {
  const { method, path, body } = request
  const headers = { ...(typeof body === 'string' && { 'content-type': 'application/json' }), ...request.headers }
  try {
    return await pool.request({
      method,
      path,
      signal: o.signal,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : addAbortSignal(o.signal, body) }),
    })
  } catch (error) {
    o.signal.throwIfAborted()
    // What the caller's own stream says is the caller's news.
    if (isProblem(error) || (typeof body === 'object' && body.errored !== null && body.errored === error)) throw error
    throw problem('DOCKER_UNREACHABLE', { engine: host, reason: reasonOf(error) }, { cause: error, retryable: true })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket; is Docker installed and running?',
  ECONNREFUSED: 'nobody listens there; is Docker running?',
  EACCES: 'this user may not use the socket; is it in the group "docker"?',
  ENOTSOCK: 'this is a file, not a socket',
  ENOTFOUND: 'the host is not known',
  UND_ERR_SOCKET: 'it closed the connection',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
}

function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

async function refusal(answer: Dispatcher.ResponseData, host: EngineHost, what: string): Promise<Error> {
  const text = await short(answer.body)
  return problem('DOCKER_REFUSED', { engine: host, what, status: answer.statusCode, reason: parseFailure(text) })
}

/** Error pages have no business being long. */
async function short(body: Readable): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += (chunk as Buffer).toString('utf8')
    if (text.length > 16_384) break
  }
  return text
}

function answerOf({ statusCode, body }: Dispatcher.ResponseData): EngineAnswer {
  return { status: statusCode, body, json: () => body.json(), discard: () => body.dump() }
}

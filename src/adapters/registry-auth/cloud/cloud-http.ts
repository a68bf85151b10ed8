/** Requests to the token services of clouds: through the hosts mapping and proxies, tried again when they stumble, judged by the caller. */
import { problem } from '../../../base/problem.ts'
import { type Endpoint, endpointOf, type HostMapping, matchesHost } from '../../../registry/endpoint.ts'
import type { HttpRequest } from '../../../registry/http.ts'
import { withRetry } from '../../../registry/retry.ts'
import { connectionProblem } from '../../../registry/unreachable-registry.ts'
import type { CloudWorld, Waiting } from './cloud-world.ts'

export interface CloudAsk {
  /** For messages: "the token service of Google". */
  readonly service: string
  readonly what: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A form is posted; JSON too; neither is a GET. */
  readonly form?: Readonly<Record<string, string>>
  readonly json?: object
  /** Tries in all. Services of the machine itself are either there or not. */
  readonly attempts?: number
  /** A silent service is given up after this long. */
  readonly patienceMs?: number
}

export interface CloudAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly text: string
}

const busy: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])
const largestAnswer = 1024 * 1024

/** Throws REGISTRY_UNREACHABLE and its kin when there is no answer, CLOUD_SERVICE_FAILED when it stays busy. */
export async function askCloud(ask: CloudAsk, world: CloudWorld, w: Waiting): Promise<CloudAnswer> {
  const policy = { attempts: ask.attempts ?? 4, firstMs: 300, longestMs: 10_000 }
  return withRetry(() => once(ask, world, w), { clock: world.clock, policy, signal: w.signal })
}

async function once(ask: CloudAsk, world: CloudWorld, w: Waiting): Promise<CloudAnswer> {
  const { url, endpoint, host } = mappedUrl(new URL(ask.url), world.hosts)
  const form = ask.form === undefined ? undefined : new URLSearchParams(ask.form).toString()
  const text = form ?? (ask.json === undefined ? undefined : JSON.stringify(ask.json))
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded'
  const request: HttpRequest = {
    method: text === undefined ? 'GET' : 'POST',
    url,
    headers: { accept: 'application/json', ...(host !== undefined && { host }), ...(text !== undefined && { 'content-type': type }), ...ask.headers },
    ...(text !== undefined && { body: Buffer.from(text) }),
    ...(endpoint !== undefined && { endpoint }),
  }
  const patience = AbortSignal.timeout(ask.patienceMs ?? 60_000)
  const signal = AbortSignal.any([w.signal, patience])
  try {
    const response = await world.send(request, { signal })
    const answer = { status: response.status, header: response.header, text: await textOf(response.body) }
    if (!busy.has(answer.status)) return answer
    const reason = `it answers with status ${answer.status}${answer.text === '' ? '' : `: ${answer.text.slice(0, 300)}`}`
    throw problem('CLOUD_SERVICE_FAILED', { service: ask.service, what: ask.what, reason }, { retryable: true })
  } catch (error) {
    w.signal.throwIfAborted()
    if (!patience.aborted) throw connectionProblem(error, `${ask.service} (${new URL(ask.url).host})`, w)
    throw problem('REGISTRY_UNREACHABLE', { registry: `${ask.service} (${new URL(ask.url).host})`, reason: 'it did not answer in time' }, { retryable: true })
  }
}

async function textOf(body: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size > largestAnswer) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

interface Mapped {
  readonly url: URL
  readonly endpoint?: Endpoint
  /** The name that the request was meant for, where it goes elsewhere: signatures cover it. */
  readonly host?: string
}

/** A rule for every host (`*`) is meant for registries; token services need one with their name. */
export function mappedUrl(url: URL, hosts: readonly HostMapping[]): Mapped {
  const rule = hosts.find(({ match }) => !/^\*+$/.test(match) && matchesHost(match, url.host))
  if (rule === undefined) return { url }
  const endpoint = endpointOf(url.host, [rule])
  if (rule.endpoint === undefined && rule.plainHttp !== true) return { url, endpoint }
  return { url: new URL(`/${endpoint.prefix}${url.pathname.slice(1)}${url.search}`, endpoint.origin), endpoint, host: url.host }
}

/** Requests to object stores: signed, through the hosts mapping and proxies, tried again when they stumble; what a store says no with, as our problems. */
import { type Problem, problem } from '../../../base/problem.ts'
import type { Span } from '../../../base/span.ts'
import { type HttpFailure, retryAfter } from '../../../registry/failure.ts'
import type { HttpBody, HttpRequest, HttpResponse } from '../../../registry/http.ts'
import { type RetryPolicy, withRetry } from '../../../registry/retry.ts'
import { connectionProblem } from '../../../registry/unreachable-registry.ts'
import { mappedUrl } from '../../registry-auth/cloud/cloud-http.ts'
import type { CloudWorld, Waiting } from '../../registry-auth/cloud/cloud-world.ts'
import { storeFault } from './store-fault.ts'

export const storeRetry: RetryPolicy = { attempts: 6, firstMs: 300, longestMs: 60_000 }

export interface StoreAsk {
  readonly method: HttpRequest['method']
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody | Uint8Array
  /** For messages, after "refused": `to list what is there`. */
  readonly what: string
  /** Statuses that are an answer, not a failure. */
  readonly ok: readonly number[]
}

export interface StoreAccess {
  /** For people: `s3://acme-cache`. */
  readonly store: string
  /** Whose login it is: `connector aws`. */
  readonly from: string
  readonly at?: Span
  readonly world: CloudWorld
  /** Tries in all, where the caller knows better how to go on. */
  readonly attempts?: number
  /** All headers that the request is to have, signed where the store wants that. Asked before each try. */
  authorize(ask: StoreAsk, w: Waiting): Promise<Readonly<Record<string, string>>>
}

export async function askStore(ask: StoreAsk, access: StoreAccess, w: Waiting): Promise<HttpResponse> {
  return withRetry(() => once(ask, access, w), { clock: access.world.clock, policy: policyOf(access), signal: w.signal })
}

function policyOf({ attempts }: StoreAccess): RetryPolicy {
  return attempts === undefined ? storeRetry : { ...storeRetry, attempts }
}

/** The same, with the answer's text. */
export async function askText(ask: StoreAsk, access: StoreAccess, w: Waiting): Promise<StoreAnswer> {
  return withRetry(
    async () => {
      const response = await once(ask, access, w)
      return { status: response.status, header: response.header, text: await textOf(response, access, w) }
    },
    { clock: access.world.clock, policy: policyOf(access), signal: w.signal },
  )
}

export interface StoreAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  readonly text: string
}

async function once(ask: StoreAsk, access: StoreAccess, w: Waiting): Promise<HttpResponse> {
  const { world, store } = access
  const headers = await access.authorize(ask, w)
  const { url, endpoint, host } = mappedUrl(ask.url, world.hosts)
  const request: HttpRequest = {
    method: ask.method,
    url,
    headers: { ...headers, ...(host !== undefined && { host }) },
    ...(ask.body !== undefined && { body: ask.body }),
    ...(endpoint !== undefined && { endpoint }),
  }
  const response = await world.send(request, w).catch((error: unknown) => {
    throw connectionProblem(error, `${store} (${ask.url.host})`, w)
  })
  if (ask.ok.includes(response.status)) return response
  throw await refusal(ask, response, access, w)
}

const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])
const mostText = 64 * 1024 * 1024

async function textOf(response: HttpResponse, access: StoreAccess, w: Waiting): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > mostText) break
    }
  } catch (error) {
    throw connectionProblem(error, access.store, w)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function refusal(ask: StoreAsk, response: HttpResponse, access: StoreAccess, w: Waiting): Promise<Problem> {
  const text = await textOf(response, access, w).catch(() => '')
  return storeProblem(ask, { status: response.status, header: response.header, text }, access)
}

export function storeProblem(ask: StoreAsk, { status, header, text }: StoreAnswer, { store, from, at, world }: StoreAccess): Problem {
  const fault = storeFault(text, header('x-ms-error-code'))
  const reason = [fault.code, fault.message].filter((part) => part !== '').join(': ') || `it answers with status ${status} and no explanation`
  const retryAfterMs = retryAfter(header('retry-after'), world.clock.now())
  const cause: HttpFailure = { kind: 'http-failure', status, faults: [], ...(retryAfterMs !== undefined && { retryAfterMs }) }
  const { what } = ask
  if (passing.has(status) || fault.kind === 'passing') return problem('STEP_CACHE_STORE_FAILED', { store, what, reason }, { cause, at, retryable: true })
  switch (fault.kind) {
    case 'expired':
      return problem('CLOUD_CREDENTIALS_EXPIRED', { service: store, from, reason }, { cause, at })
    case 'clock':
      return problem('CLOUD_CLOCK_OFF', { service: store, from, reason }, { cause, at })
    case 'credentials':
      return problem('CLOUD_CREDENTIALS_REFUSED', { service: store, from, reason }, { cause, at })
    default:
      break
  }
  if (status === 401) return problem('CLOUD_CREDENTIALS_REFUSED', { service: store, from, reason }, { cause, at })
  return problem('STEP_CACHE_STORE_REFUSED', { store, what, from, reason }, { cause, at })
}

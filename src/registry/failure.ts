/** Turns a registry's refusal, or the lack of an answer, into one of our codes: by the specification's error code, then by status. */
import type { Code } from '../base/codes.ts'
import { isProblem, type Problem, problem } from '../base/problem.ts'
import type { HttpResponse } from './http.ts'
import { parseFaults, type SpecFault } from './schema.ts'

/** Rides as `cause` of the Problem, for callers that decide by status. */
export interface HttpFailure {
  readonly kind: 'http-failure'
  readonly status: number
  readonly faults: readonly SpecFault[]
  readonly retryAfterMs?: number
}

export interface FailureContext {
  readonly registry: string
  /** What was asked for, in the user's words: `to push acme/app:1`. */
  readonly what: string
  readonly nowMs: number
  /** What the registry must not get into a message by repeating it. */
  readonly secrets: readonly string[]
}

type RefusalCode = Extract<
  Code,
  | 'REGISTRY_UNAUTHORIZED'
  | 'REGISTRY_DENIED'
  | 'REGISTRY_NOT_FOUND'
  | 'REGISTRY_RATE_LIMITED'
  | 'REGISTRY_TAG_IMMUTABLE'
  | 'REGISTRY_REFUSED'
  | 'REGISTRY_FAILED'
>

const byFault: Readonly<Record<string, RefusalCode>> = {
  UNAUTHORIZED: 'REGISTRY_UNAUTHORIZED',
  DENIED: 'REGISTRY_DENIED',
  NAME_UNKNOWN: 'REGISTRY_NOT_FOUND',
  MANIFEST_UNKNOWN: 'REGISTRY_NOT_FOUND',
  BLOB_UNKNOWN: 'REGISTRY_NOT_FOUND',
  NOT_FOUND: 'REGISTRY_NOT_FOUND',
  TOOMANYREQUESTS: 'REGISTRY_RATE_LIMITED',
  TAG_IMMUTABLE: 'REGISTRY_TAG_IMMUTABLE',
  // ACR, of tags and repositories that are locked.
  REGISTRY_DISALLOWED_OPERATION: 'REGISTRY_TAG_IMMUTABLE',
  MANIFEST_BLOB_UNKNOWN: 'REGISTRY_REFUSED',
  MANIFEST_INVALID: 'REGISTRY_REFUSED',
  BLOB_UPLOAD_UNKNOWN: 'REGISTRY_REFUSED',
  BLOB_UPLOAD_INVALID: 'REGISTRY_REFUSED',
  DIGEST_INVALID: 'REGISTRY_REFUSED',
  SIZE_INVALID: 'REGISTRY_REFUSED',
  NAME_INVALID: 'REGISTRY_REFUSED',
}

const byStatus: Readonly<Record<number, RefusalCode>> = {
  401: 'REGISTRY_UNAUTHORIZED',
  403: 'REGISTRY_DENIED',
  404: 'REGISTRY_NOT_FOUND',
  429: 'REGISTRY_RATE_LIMITED',
}

/** What registries say instead of a code: ECR, Harbor, GAR, Docker Hub, Quay and JFrog each have words of their own. */
const immutable = /immutab|cannot be overwritten|can't be overwritten|not enough permissions to (?:overwrite|delete\/overwrite)/i

const passing: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

export async function refusal(response: HttpResponse, context: FailureContext): Promise<Problem> {
  const body = redact(await readCapped(response), context.secrets)
  const faults = parseFaults(body)
  const reason = faults.map((fault) => fault.message || fault.code).join('; ') || plainText(body) || statusText(response.status)
  const code = codeOf(response.status, faults, reason)
  const retryAfterMs = retryAfter(response.header('retry-after'), context.nowMs)
  const cause: HttpFailure = { kind: 'http-failure', status: response.status, faults, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  const { registry, what } = context
  // A lost upload session is begun again from its start.
  const lost = faults.some((fault) => fault.code === 'BLOB_UPLOAD_UNKNOWN')
  const retryable = (passing.has(response.status) || lost) && code !== 'REGISTRY_TAG_IMMUTABLE'
  return problem(code, { registry, what, reason, status: response.status }, { cause, retryable })
}

function codeOf(status: number, faults: readonly SpecFault[], reason: string): RefusalCode {
  if (status < 500 && status !== 401 && status !== 404 && immutable.test(reason)) return 'REGISTRY_TAG_IMMUTABLE'
  const named = faults.map((fault) => byFault[fault.code]).find((code) => code !== undefined)
  return named ?? byStatus[status] ?? (status >= 500 ? 'REGISTRY_FAILED' : 'REGISTRY_REFUSED')
}

export function httpFailure(error: unknown): HttpFailure | undefined {
  const cause = isProblem(error) ? error.cause : undefined
  return typeof cause === 'object' && cause !== null && 'kind' in cause && cause.kind === 'http-failure' ? (cause as HttpFailure) : undefined
}

/** Seconds or a date; other texts are as good as none. */
export function retryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs)
}

const mostErrorText = 64 * 1024

async function readCapped(response: HttpResponse): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > mostErrorText) break
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Proxies answer in HTML: the title is what a person would read. */
function plainText(body: string): string {
  const title = /<title>([^<]{1,200})<\/title>/i.exec(body)?.[1]
  return (title ?? (/^\s*</.test(body) ? '' : body)).replace(/\s+/g, ' ').trim().slice(0, 300)
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((left, secret) => left.replaceAll(secret, '***'), text)
}

/** All forms of what an Authorization header holds: the whole, and the password inside. */
export function secretsIn(authorization: string | undefined): readonly string[] {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ')
  if (scheme !== 'Basic') return [value]
  const text = Buffer.from(value, 'base64').toString('utf8')
  return [value, text.slice(text.indexOf(':') + 1)]
}

function statusText(status: number): string {
  return `it answered with status ${status} and no explanation`
}

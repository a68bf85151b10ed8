/** A registry made of a script: each request is answered by the next line that fits, and all requests are kept. */
import { Readable } from 'node:stream'
import type { HttpRequest, HttpResponse, HttpSend } from '../../../src/registry/http.ts'

export interface Line {
  /** `GET /v2/a/manifests/1`: a start of method, path and query. */
  readonly on: string
  /** How often the line answers; always unless told. */
  readonly times?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes, or JSON. */
  readonly body?: Buffer | object
  /** Rejects with this instead of answering. */
  readonly fails?: Error & { code?: string }
}

export interface Seen {
  readonly line: string
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ScriptedHttp {
  readonly send: HttpSend
  readonly seen: Seen[]
}

export function scriptedHttp(lines: readonly Line[]): ScriptedHttp {
  const left = lines.map((line) => line.times ?? Number.POSITIVE_INFINITY)
  const seen: Seen[] = []
  const send: HttpSend = async (request, o) => {
    o.signal.throwIfAborted()
    const text = `${request.method} ${request.url.pathname}${request.url.search}`
    seen.push({ line: text, origin: request.url.origin, headers: request.headers, body: await bodyText(request, o) })
    const at = lines.findIndex((line, i) => text.startsWith(line.on) && (left[i] ?? 0) > 0)
    const line = lines[at]
    if (line === undefined) return response({ on: '', status: 404 })
    left[at] = (left[at] ?? 0) - 1
    if (line.fails !== undefined) throw line.fails
    return response(line)
  }
  return { send, seen }
}

async function bodyText(request: HttpRequest, o: { readonly signal: AbortSignal }): Promise<string> {
  if (request.body === undefined) return ''
  if (request.body instanceof Uint8Array) return Buffer.from(request.body).toString()
  return Buffer.concat(await (await request.body.open(o)).toArray()).toString()
}

function response(line: Line): HttpResponse {
  const headers = (name: string) => Object.entries(line.headers ?? {}).flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []))
  const bytes = line.body instanceof Buffer ? line.body : Buffer.from(line.body === undefined ? '' : JSON.stringify(line.body))
  return { status: line.status ?? 200, headers, header: (name) => headers(name)[0], body: Readable.from([bytes], { objectMode: false }) }
}

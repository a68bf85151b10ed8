/** What a handler answers: a value, written to the connection in one place. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number>>
  /** A stream needs its own content-length header. */
  readonly body?: Buffer | Readable
}

/** The error codes of the distribution specification, each with its usual status. */
export const faultStatus = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
  UNKNOWN: 500,
} as const

export type FaultCode = keyof typeof faultStatus

export function fault(code: FaultCode, message: string, o: { readonly status?: number; readonly headers?: Reply['headers'] } = {}): Reply {
  return {
    ...json(o.status ?? faultStatus[code], { errors: [{ code, message, detail: {} }] }),
    ...(o.headers !== undefined && { headers: { ...jsonType, ...o.headers } }),
  }
}

const jsonType = { 'content-type': 'application/json' }

export function json(status: number, value: unknown, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { ...jsonType, ...headers }, body: Buffer.from(JSON.stringify(value)) }
}

/** Never rejects: a reader that went away is its own affair. */
export async function writeReply(response: ServerResponse, reply: Reply, o: { readonly head: boolean }): Promise<void> {
  const length = reply.body instanceof Buffer ? { 'content-length': reply.body.length } : reply.body === undefined ? { 'content-length': 0 } : {}
  if (response.destroyed || response.headersSent) {
    if (reply.body instanceof Readable) reply.body.destroy()
    return
  }
  response.writeHead(reply.status, { 'docker-distribution-api-version': 'registry/2.0', ...length, ...reply.headers })
  const body = reply.body instanceof Readable ? reply.body : undefined
  if (o.head || body === undefined) {
    body?.destroy()
    response.end(o.head ? undefined : (reply.body as Buffer | undefined))
    return
  }
  await pipeline(body, response).catch(() => response.destroy())
}

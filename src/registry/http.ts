/** One HTTP exchange: what the client asks of the world. */
import type { Readable } from 'node:stream'
import type { Endpoint } from './endpoint.ts'

/** A body is opened anew for every try. Exactly `size` bytes, where that is known. */
export interface HttpBody {
  readonly size?: number
  open(o: { readonly signal: AbortSignal }): Promise<Readable>
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: HttpBody | Uint8Array
  /** Whose TLS settings count. Undefined for hosts that the registry sends us to. */
  readonly endpoint?: Endpoint
}

export interface HttpResponse {
  readonly status: number
  /** Names in lower case; of repeated headers all values. */
  header(name: string): string | undefined
  headers(name: string): readonly string[]
  /** Read to the end or destroyed by the receiver, so that the connection can be used again. */
  readonly body: Readable
}

/** Redirects are not followed, statuses are not judged. Rejects only when no response came. */
export type HttpSend = (request: HttpRequest, o: { readonly signal: AbortSignal }) => Promise<HttpResponse>

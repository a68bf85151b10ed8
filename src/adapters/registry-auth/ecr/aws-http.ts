/** The HTTP of AWS' library over ours: hosts mapping, proxies, certificates and aborts work as for registries. */
import type { Readable } from 'node:stream'
import { mappedUrl } from '../cloud/cloud-http.ts'
import type { CloudWorld } from '../cloud/cloud-world.ts'

interface AwsRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface AwsResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Readable
}

/** What the library reads of an answer. */
const kept = ['content-type', 'content-length', 'date', 'retry-after', 'x-amzn-requestid', 'x-amzn-errortype', 'x-amz-cf-id']

/** Given as `requestHandler` of a client. Signatures cover the name of the real host, which is sent wherever the request goes. */
export function awsHttp({ send, hosts }: CloudWorld, w: { readonly signal: AbortSignal }) {
  return {
    async handle(request: AwsRequest): Promise<{ readonly response: AwsResponse }> {
      const { url, endpoint } = mappedUrl(urlOf(request), hosts)
      const body = bodyOf(request.body)
      const { 'content-length': _, ...headers } = request.headers
      const response = await send(
        { method: request.method as 'GET' | 'POST', url, headers, ...(body !== undefined && { body }), ...(endpoint !== undefined && { endpoint }) },
        w,
      )
      const found = kept.flatMap((name) => {
        const value = response.header(name)
        return value === undefined ? [] : [[name, value] as const]
      })
      return { response: { statusCode: response.status, headers: Object.fromEntries(found), body: response.body } }
    },
  }
}

function urlOf(request: AwsRequest): URL {
  const url = new URL(`${request.protocol}//${request.hostname}${request.port === undefined ? '' : `:${request.port}`}${request.path}`)
  for (const [name, value] of Object.entries(request.query ?? {})) for (const one of [value ?? ''].flat()) url.searchParams.append(name, one)
  return url
}

/** These services only ever get short texts. */
function bodyOf(body: unknown): Uint8Array | undefined {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  throw new Error('a request to AWS with a body that is no text')
}

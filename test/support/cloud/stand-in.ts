/** A service on a free port of this machine that answers by a function, and notes what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly url: URL
  /** The name that the request was meant for. */
  readonly host: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly bytes: Buffer
}

export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | object | Uint8Array
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfter?: number
}

export interface StandIn {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  stop(): Promise<void>
}

export async function startStandIn(answer: (asked: Asked) => Reply | Promise<Reply>): Promise<StandIn> {
  const server = createServer((request, response) => {
    void (async () => {
      const bytes = Buffer.concat(await request.toArray())
      const body = bytes.toString('utf8')
      const host = request.headers.host ?? ''
      const asked: Asked = { method: request.method ?? '', url: new URL(request.url ?? '/', `http://${host}`), host, headers: request.headers, body, bytes }
      const { status, headers, body: text, cutAfter } = await answer(asked)
      const plain = typeof text === 'string' || text instanceof Uint8Array
      response.writeHead(status, { ...(!plain && { 'content-type': 'application/json' }), ...headers })
      if (cutAfter !== undefined && text instanceof Uint8Array) response.write(text.subarray(0, cutAfter), () => response.destroy())
      else response.end(plain ? text : JSON.stringify(text))
    })().catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

export function formOf(asked: Asked): URLSearchParams | string {
  const type = asked.headers['content-type'] ?? ''
  return type.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams(asked.body) : `the content type "${type}" is no form`
}

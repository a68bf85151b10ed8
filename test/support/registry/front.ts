/** One name in front of two servers, as a cloud's registry has its token service and its registry under one host. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Front {
  readonly url: string
  stop(): Promise<void>
}

/** `choose` answers the server of a path. The name that was asked for goes along. */
export async function startFront(choose: (path: string) => string): Promise<Front> {
  const server = createServer((asked, answer) => {
    const { hostname, port } = new URL(choose(asked.url ?? '/'))
    const onward = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers)
      got.pipe(answer)
    })
    onward.on('error', (error) => answer.writeHead(502).end(error.message))
    asked.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }
}

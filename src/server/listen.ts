/** The server on an address: opened, and ended in good order. */
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { problem } from '../base/problem.ts'
import { type AppOptions, serverApp } from './app.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface Listening {
  readonly url: string
  /** Takes no more; what is under way may end, but not for long. */
  close(): Promise<void>
}

const graceMs = 3000

export async function listen(o: AppOptions, { host, port }: Address): Promise<Listening> {
  const limits = { headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 10_000, connectionsCheckingInterval: 2000, maxHeaderSize: 32 * 1024 }
  const server = createAdaptorServer({ fetch: serverApp(o).fetch, overrideGlobalObjects: false, serverOptions: limits }) as Server
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(problem('LISTEN_FAILED', { address, reason: cause.code === 'EADDRINUSE' ? 'the port is taken' : cause.message }, { cause }))
    })
    server.listen(port, host, () => resolve())
  })
  const bound = server.address() as AddressInfo
  return {
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        const hard = setTimeout(() => server.closeAllConnections(), graceMs)
        // A connection whose answer has ended is kept open for the next request, which nobody will answer.
        const idle = setInterval(() => server.closeIdleConnections(), 50)
        server.close(() => {
          clearTimeout(hard)
          clearInterval(idle)
          resolve()
        })
      }),
  }
}

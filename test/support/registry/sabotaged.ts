/** An embedded registry behind a saboteur, who sees each request first and may cut, refuse, delay or answer it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AccessRule } from '../../../src/registry/server/access-rule.ts'
import { createRegistry } from '../../../src/registry/server/create-registry.ts'

/** True when the sabotage took the request over. */
export type Sabotage = (request: IncomingMessage, response: ServerResponse) => boolean

/** Answers the registry's name, `127.0.0.1:port`. */
export async function sabotaged(sabotage: Sabotage, o: { readonly auth?: AccessRule } = {}): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'drill-'))
  const registry = createRegistry({ dir, durability: 'fast', ...o })
  const server = createServer((request, response) => sabotage(request, response) || registry.handler(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await registry.close()
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Cuts the connection of the first `times` requests that fit: at once, or after some bytes of the body. */
export function cut(fits: (request: IncomingMessage) => boolean, times: number, afterBytes?: number): Sabotage {
  let left = times
  return (request) => {
    if (left === 0 || !fits(request)) return false
    left--
    if (afterBytes === undefined) {
      request.socket.destroy()
      return true
    }
    let seen = 0
    request.on('data', (chunk: Buffer) => {
      seen += chunk.length
      if (seen >= afterBytes) request.socket.destroy()
    })
    return true
  }
}

/** An embedded registry on a free port of this machine, and a client for it; both end with the test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Clock } from '../../../src/base/clock.ts'
import type { Credentials, RegistryAuth } from '../../../src/ports/registry-auth.ts'
import { createRegistryClient, type RegistryClient } from '../../../src/registry/client.ts'
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import { createRegistry, type RegistryOptions, type ServerTls } from '../../../src/registry/server/create-registry.ts'
import { type DispatcherOptions, ownDispatchers, undiciHttp } from '../../../src/registry/undici-http.ts'

export interface TestRegistry {
  /** `127.0.0.1:port`. */
  readonly registry: string
  readonly url: string
  readonly dir: string
}

export async function embeddedRegistry(o: Partial<RegistryOptions> & { readonly tls?: ServerTls } = {}): Promise<TestRegistry> {
  const dir = o.dir ?? (await mkdtemp(join(tmpdir(), 'registry-')))
  const registry = createRegistry({ durability: 'fast', onError: (error) => process.stderr.write(`embedded registry: ${error}\n`), ...o, dir })
  const { address, url } = await registry.listen({ port: 0, ...(o.tls !== undefined && { tls: o.tls }), signal: new AbortController().signal })
  onTestFinished(async () => {
    await registry.close()
    if (o.dir === undefined) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
  return { registry: address, url, dir }
}

/** Waits are a hundred times shorter than they say. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, { signal }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms / 100)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason)
      })
    }),
}

export function noCredentials(): RegistryAuth {
  return { name: 'none', credentialsFor: async () => undefined }
}

export function fixedCredentials(credentials: Credentials): RegistryAuth {
  return {
    name: 'fixed',
    async credentialsFor(_target, { signal }) {
      signal.throwIfAborted()
      return credentials
    },
  }
}

export interface TestClientOptions extends DispatcherOptions {
  readonly auth?: RegistryAuth
  readonly hosts?: readonly HostMapping[]
  readonly say?: (line: string) => void
}

export function testClient(o: TestClientOptions = {}): RegistryClient {
  const { dispatchers, close } = ownDispatchers(o)
  onTestFinished(close)
  return createRegistryClient({
    send: undiciHttp(dispatchers),
    auth: o.auth ?? noCredentials(),
    clock: hastyClock,
    ...(o.hosts !== undefined && { hosts: o.hosts }),
    ...(o.say !== undefined && { say: o.say }),
  })
}

/** What signing in to clouds needs of the world, for tests: real HTTP to stand-ins, an environment of its own, and every secret told. */
import { onTestFinished } from 'vitest'
import type { CloudWorld } from '../../../src/adapters/registry-auth/cloud/cloud-world.ts'
import type { Clock } from '../../../src/base/clock.ts'
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import { ownDispatchers, undiciHttp } from '../../../src/registry/undici-http.ts'
import { hastyClock } from '../registry/embedded.ts'

export interface TestCloudWorld extends CloudWorld {
  readonly secrets: string[]
}

export function cloudWorld(o: { readonly hosts?: readonly HostMapping[]; readonly env?: CloudWorld['env']; readonly clock?: Clock } = {}): TestCloudWorld {
  const { dispatchers, close } = ownDispatchers()
  onTestFinished(close)
  const secrets: string[] = []
  return {
    env: o.env ?? {},
    clock: o.clock ?? hastyClock,
    send: undiciHttp(dispatchers),
    hosts: o.hosts ?? [],
    onSecret: (secret) => secrets.push(secret),
    secrets,
  }
}

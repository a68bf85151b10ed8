/** Where the bases of the parity suite are asked for: a registry on this machine under the name of Docker Hub. */
import type { OpenBase } from '../../../src/builder/build-world.ts'
import { parseSourceRef } from '../../../src/oci/ref.ts'
import { createRegistryClient, type RegistryClient } from '../../../src/registry/client.ts'
import { pullImage } from '../../../src/registry/pull.ts'
import { ownDispatchers, undiciHttp } from '../../../src/registry/undici-http.ts'

export const hub = 'docker.io'

export interface BaseClient {
  readonly client: RegistryClient
  readonly open: OpenBase
  close(): Promise<void>
}

/** `mirror`: `http://127.0.0.1:PORT`. */
export function baseClient(mirror: string): BaseClient {
  const { dispatchers, close } = ownDispatchers({})
  const clock = { now: () => Date.now(), sleep: async () => undefined }
  const auth = { name: 'none', credentialsFor: async () => undefined }
  const client = createRegistryClient({ send: undiciHttp(dispatchers), auth, clock, hosts: [{ match: hub, endpoint: mirror }] })
  return {
    client,
    open: async (name, platform, w) => {
      const ref = parseSourceRef(name)
      if (!ref.ok) throw new Error(`${name} is no reference`)
      return pullImage(ref.value, { client, platform, signal: w.signal })
    },
    close,
  }
}

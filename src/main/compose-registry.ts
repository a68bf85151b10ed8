/** A registry client for commands about images: connectors, the environment, docker's and podman's configurations know its logins. */
import { ambientLogins, connectorSources } from '../adapters/registry-auth/all-logins.ts'
import { chooseLogin } from '../adapters/registry-auth/choose-login.ts'
import type { CloudWorld } from '../adapters/registry-auth/cloud/cloud-world.ts'
import { machineLogins } from '../adapters/registry-auth/machine-logins.ts'
import { readSecretFrom } from '../adapters/secrets/read-secret.ts'
import type { RegistryAccess, RegistryNeeds } from '../cli/toolbox.ts'
import { createRegistryClient } from '../registry/client.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import { secretSources } from './compose-secrets.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeRegistry({ env, clock }: Machine, { hosts, connectors, home, say, warn }: RegistryNeeds): RegistryAccess {
  const http = ownDispatchers({ proxies: proxiesOf(env) })
  const read = readSecretFrom(secretSources({ env, clock }, home), () => undefined)
  const send = undiciHttp(http.dispatchers)
  const world: CloudWorld = { env, clock, send, hosts, onSecret: () => undefined }
  const sources = [...connectorSources(connectors.values(), read, world), ...machineLogins({ env, clock }), ...ambientLogins(world)]
  const auth = chooseLogin({ sources, ...(say !== undefined && { say }) })
  const client = createRegistryClient({ send, auth, clock, hosts, ...(say !== undefined && { say }), ...(warn !== undefined && { warn }) })
  return { client, close: () => http.close() }
}

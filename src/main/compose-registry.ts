/** A registry client for commands about images. */
import { chainAuth } from '../adapters/registry-auth/chain.ts'
import { connectorAuth } from '../adapters/registry-auth/connector-auth.ts'
import { envSecrets } from '../adapters/secrets/env-secrets.ts'
import { readSecretFrom } from '../adapters/secrets/read-secret.ts'
import type { RegistryAccess, RegistryNeeds } from '../cli/toolbox.ts'
import { createRegistryClient } from '../registry/client.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeRegistry({ env, clock }: Machine, { hosts, connectors }: RegistryNeeds): RegistryAccess {
  const http = ownDispatchers()
  const read = readSecretFrom([envSecrets(env)], () => undefined)
  const auth = chainAuth(...[...connectors.values()].flatMap((connector) => (connector.type === 'DockerRegistry' ? [connectorAuth(connector, read)] : [])))
  return { client: createRegistryClient({ send: undiciHttp(http.dispatchers), auth, clock, hosts }), close: () => http.close() }
}

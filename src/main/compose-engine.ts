/** The engine's parts for one run: infrastructures, builders, deliveries and secrets, over one registry client per connector. */
import { join } from 'node:path'
import { archiveDelivery } from '../adapters/images/archive-delivery.ts'
import { imageStore } from '../adapters/images/image-store.ts'
import { layoutDelivery } from '../adapters/images/layout-delivery.ts'
import { registryDelivery } from '../adapters/images/registry-delivery.ts'
import { fakeInfra } from '../adapters/infra/fake/fake-infra.ts'
import { localInfra } from '../adapters/infra/local/local-infra.ts'
import { chooseLogin } from '../adapters/registry-auth/choose-login.ts'
import { connectorLogins } from '../adapters/registry-auth/connector-auth.ts'
import { machineLogins } from '../adapters/registry-auth/machine-logins.ts'
import { pingRegistry } from '../adapters/registry-auth/ping-registry.ts'
import { envSecrets } from '../adapters/secrets/env-secrets.ts'
import { readSecretFrom } from '../adapters/secrets/read-secret.ts'
import type { Engine, EngineNeeds } from '../cli/toolbox.ts'
import { registryOfUrl } from '../oci/registry-host.ts'
import { createRegistryClient, type RegistryClient } from '../registry/client.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import { composeBuilder } from './compose-builder.ts'
import type { Machine } from './compose-toolbox.ts'

export function composeEngine(machine: Machine, needs: EngineNeeds): Engine {
  const { env, clock, kill } = machine
  const http = ownDispatchers({ proxies: proxiesOf(env) })
  const secrets = [envSecrets(env)]
  const logins = machineLogins({ env, clock })
  const clients = new Map<string, RegistryClient>()
  const clientFor = (connector = ''): RegistryClient => {
    const known = clients.get(connector)
    if (known !== undefined) return known
    const chosen = needs.connectors.get(connector.replace(/^(account|org)\./, ''))
    const read = readSecretFrom(secrets, needs.onSecret)
    const named = chosen?.type === 'DockerRegistry' ? [connectorLogins(chosen, read)] : []
    const auth = chooseLogin({ named, sources: logins, onSecret: needs.onSecret })
    const client = createRegistryClient({ send: undiciHttp(http.dispatchers), auth, clock, hosts: needs.hosts })
    clients.set(connector, client)
    return client
  }
  const images = imageStore({ dir: join(needs.home, 'images') })
  return {
    parts: {
      infrastructures: { local: localInfra({ dir: join(needs.home, 'stages'), env, kill }), fake: fakeInfra({ clock, dir: join(needs.home, 'stages') }) },
      builders: { embedded: composeBuilder({ home: needs.home, client: clientFor }, machine) },
      deliveries: { registry: registryDelivery({ clientFor }), archive: archiveDelivery(), 'oci-layout': layoutDelivery(), load: images.delivery },
      images: images.source,
      secrets,
    },
    async checkConnector(identifier, o) {
      const url = needs.connectors.get(identifier)
      const registry =
        url?.type === 'DockerRegistry' && url.spec.dockerRegistryUrl.kind === 'literal' ? registryOfUrl(String(url.spec.dockerRegistryUrl.value)) : undefined
      return pingRegistry(clientFor(identifier), registry ?? identifier, o)
    },
    close: () => http.close(),
  }
}

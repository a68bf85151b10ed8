/** Registry clients for steps: one for each way of using registries, with tokens shared between its pulls and its pushes. */
import { ambientLogins } from '../adapters/registry-auth/all-logins.ts'
import { chooseLogin } from '../adapters/registry-auth/choose-login.ts'
import type { CloudIdentity } from '../adapters/registry-auth/cloud/cloud-identity.ts'
import type { CloudWorld } from '../adapters/registry-auth/cloud/cloud-world.ts'
import { findConnector } from '../adapters/registry-auth/connector-scope.ts'
import { askHelpers } from '../adapters/registry-auth/credential-helper.ts'
import type { LoginSource } from '../adapters/registry-auth/login.ts'
import { machineLogins } from '../adapters/registry-auth/machine-logins.ts'
import { hostLayer } from '../adapters/registry-auth/step-hosts.ts'
import { type StepLogins, stepLogins } from '../adapters/registry-auth/step-logins.ts'
import { readSecretFrom } from '../adapters/secrets/read-secret.ts'
import type { EngineNeeds } from '../cli/toolbox.ts'
import type { Purpose, RegistryUse } from '../ports/registry-use.ts'
import type { SecretSource } from '../ports/secret-source.ts'
import { createRegistryClient, type RegistryClient } from '../registry/client.ts'
import { layeredHosts } from '../registry/layered-hosts.ts'
import { proxiesOf } from '../registry/proxies.ts'
import { usualRetry } from '../registry/retry.ts'
import { ownDispatchers, undiciHttp } from '../registry/undici-http.ts'
import type { Machine } from './compose-toolbox.ts'

export interface RegistryUses {
  clientFor(use: RegistryUse, purpose: Purpose): RegistryClient
  loginsOf(use: RegistryUse): StepLogins
  readonly world: CloudWorld
  close(): Promise<void>
}

export function composeRegistryUse({ env, clock }: Machine, needs: EngineNeeds, secrets: readonly SecretSource[]): RegistryUses {
  const http = ownDispatchers({ proxies: proxiesOf(env) })
  const send = undiciHttp(http.dispatchers)
  const { hosts, onSecret } = needs
  const world: CloudWorld = { env, clock, send, hosts, onSecret }
  const machine = [...machineLogins({ env, clock }), ...ambientLogins(world)]
  const read = readSecretFrom(secrets, onSecret)
  const [ask, identities] = [askHelpers({ env, clock }), new Map<string, CloudIdentity>()]
  const loginsOf = perUse((use) => stepLogins(use, { connector: (ref) => findConnector(ref, needs.connectors), read, world, ask, identities }))
  const make = (use: RegistryUse, purpose: Purpose): RegistryClient => {
    const say = needs.say
    const auth = chooseLogin({ ...sourcesFor(purpose, loginsOf(use), machine), onSecret, ...(say !== undefined && { say }) })
    const attempts = Math.max(usualRetry.attempts, use.retries[purpose] + 1)
    return createRegistryClient({
      send,
      auth,
      clock,
      hosts: layeredHosts(hosts, hostLayer(use, purpose)),
      retry: { ...usualRetry, attempts },
      ...(say !== undefined && { say }),
    })
  }
  const clients = { push: perUse((use) => make(use, 'push')), pull: perUse((use) => make(use, 'pull')) }
  return { clientFor: (use, purpose) => clients[purpose](use), loginsOf, world, close: () => http.close() }
}

/** A push goes by what the step names. A build begins with what its base connectors open; what else the step names may help, as a shared configuration would. */
function sourcesFor(
  purpose: Purpose,
  { own, base }: StepLogins,
  machine: readonly LoginSource[],
): { readonly named: readonly LoginSource[]; readonly sources: readonly LoginSource[] } {
  return purpose === 'push' ? { named: own, sources: machine } : { named: base, sources: [...own.map(notPublic), ...machine] }
}

function notPublic(source: LoginSource): LoginSource {
  return { name: source.name, logins: async (target, w) => (target.registry === 'public.ecr.aws' ? [] : source.logins(target, w)) }
}

function perUse<T>(make: (use: RegistryUse) => T): (use: RegistryUse) => T {
  const known = new Map<string, T>()
  return (use) => {
    const key = JSON.stringify(use)
    const value = known.get(key) ?? make(use)
    known.set(key, value)
    return value
  }
}

/** One identity at Azure: its tokens, and a login for each registry, each kept until shortly before its end. */
import type { Credentials } from '../../../ports/registry-auth.ts'
import type { CloudWorld, Waiting } from '../cloud/cloud-world.ts'
import { type Expiring, renewed } from '../cloud/renewed.ts'
import { acrExchange } from './acr-exchange.ts'
import type { AzureCloud } from './acr-host.ts'
import { tokenOfApp, tokenOfMachine } from './azure-tokens.ts'
import type { AzureWay } from './azure-way.ts'

export interface AzureAccess {
  readonly way: AzureWay
  /** Proves who we are, without any registry. */
  signIn(cloud: AzureCloud, w: Waiting): Promise<void>
  login(registry: string, cloud: AzureCloud, w: Waiting): Promise<Credentials>
  /** For services other than registries. */
  token(cloud: AzureCloud, w: Waiting): Promise<string>
}

export function azureAccess(way: AzureWay, world: CloudWorld): AzureAccess {
  const logins = new Map<string, (w: Waiting) => Promise<Expiring<Credentials>>>()
  const tokens = new Map<string, (w: Waiting) => Promise<Expiring<string>>>()
  return {
    way,
    async token(cloud, w) {
      const token = tokens.get(cloud.audience) ?? renewed(world.clock, (waiting) => tokenOf(way, cloud, world, waiting))
      tokens.set(cloud.audience, token)
      return (await token(w)).value
    },
    signIn: async (cloud, w) => void (way.start.kind !== 'direct' && (await tokenOf(way, cloud, world, w))),
    async login(registry, cloud, w) {
      const { start } = way
      if (start.kind === 'direct') return { kind: 'basic', username: start.username, password: start.password }
      const login = logins.get(registry) ?? renewed(world.clock, (waiting) => exchanged(registry, cloud, way, world, waiting))
      logins.set(registry, login)
      const { value, until } = await login(w)
      return { ...value, ...(until !== undefined && { until }) }
    },
  }
}

/** Whom logins that come from an exchange belong to. */
const exchangedUser = '00000000-0000-0000-0000-000000000000'

async function exchanged(registry: string, cloud: AzureCloud, way: AzureWay, world: CloudWorld, w: Waiting): Promise<Expiring<Credentials>> {
  const token = await tokenOf(way, cloud, world, w)
  const tenant = way.start.kind === 'app' ? way.start.app.tenant : undefined
  const { value, until } = await acrExchange(registry, token.value, tenant, { owner: way, world, signal: w.signal })
  return { value: { kind: 'identity-token', token: value, username: exchangedUser }, ...(until !== undefined && { until }) }
}

async function tokenOf(way: AzureWay, cloud: AzureCloud, world: CloudWorld, w: Waiting): Promise<Expiring<string>> {
  const o = { owner: way, world, signal: w.signal }
  const { start } = way
  if (start.kind === 'app') return tokenOfApp(start.app, { ...o, authority: way.authority ?? cloud.authority, audience: cloud.audience })
  return tokenOfMachine(start.kind === 'managed' ? start.clientId : undefined, cloud.audience, o)
}

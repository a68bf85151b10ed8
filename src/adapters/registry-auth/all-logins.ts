/** The logins of commands that name no connector: every connector of the folder, then what the environment says about clouds. */
import type { LoginSettings } from '../../image-job/login.ts'
import type { Connector } from '../../pipeline/connector.ts'
import { type CloudName, cloudIdentity, connectorIdentity, isCloud } from './cloud/cloud-identity.ts'
import type { CloudWorld } from './cloud/cloud-world.ts'
import { allConnectorLogins, type ReadSecret } from './connector-auth.ts'
import type { LoginSource } from './login.ts'

export function connectorSources(connectors: Iterable<Connector>, read: ReadSecret, world: CloudWorld): readonly LoginSource[] {
  const all = [...connectors]
  return [...allConnectorLogins(all, read), ...all.flatMap((one) => (isCloud(one) ? [connectorIdentity(one, {}, read, world).logins] : []))]
}

interface Ambient {
  readonly cloud: CloudName
  /** One of these is set where somebody means to use the cloud. The machine's own identity takes a connector that asks for it. */
  readonly signs: readonly string[]
  readonly settings: (env: CloudWorld['env']) => LoginSettings
}

const ambients: readonly Ambient[] = [
  {
    cloud: 'Aws',
    signs: ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    settings: () => ({}),
  },
  { cloud: 'Gcp', signs: ['GOOGLE_APPLICATION_CREDENTIALS'], settings: () => ({}) },
  {
    cloud: 'Azure',
    signs: ['AZURE_CLIENT_SECRET', 'AZURE_FEDERATED_TOKEN_FILE'],
    settings: (env) => (env['AZURE_CLIENT_SECRET'] ? { clientSecret: env['AZURE_CLIENT_SECRET'] } : {}),
  },
]

/** Public registries of clouds can be read without a login, and one that lacks the right to them would only be in the way. */
export function ambientLogins(world: CloudWorld): readonly LoginSource[] {
  return ambients.flatMap(({ cloud, signs, settings }) => {
    if (!signs.some((name) => world.env[name])) return []
    const { logins } = cloudIdentity(cloud, { from: `the environment (${cloud})`, settings: settings(world.env) }, world)
    const own: LoginSource = { name: logins.name, logins: async (target, w) => (target.registry === 'public.ecr.aws' ? [] : logins.logins(target, w)) }
    return [own]
  })
}

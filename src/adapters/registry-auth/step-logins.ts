/** The logins that a step names: its connectors, and what its settings say themselves. */
import { problem } from '../../base/problem.ts'
import type { LoginSettings } from '../../image-job/login.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { RegistryUse } from '../../ports/registry-use.ts'
import { type CloudIdentity, type CloudName, cloudIdentity, connectorIdentity, isCloud } from './cloud/cloud-identity.ts'
import type { CloudWorld } from './cloud/cloud-world.ts'
import type { CloudConnector } from './cloud/connector-fields.ts'
import { connectorLogins, type ReadSecret } from './connector-auth.ts'
import type { AskHelper } from './credential-helper.ts'
import { loginsOfConfig, opened } from './docker-config.ts'
import type { AwsAccess } from './ecr/aws-access.ts'
import type { LoginSource } from './login.ts'
import { type Prefix, parsePrefix } from './prefix.ts'
import { readAuths } from './schema.ts'

export interface StepLogins {
  /** For the registries that the step pushes to. */
  readonly own: readonly LoginSource[]
  /** For the images that a build begins with. */
  readonly base: readonly LoginSource[]
  /** Who the step is at AWS. */
  readonly aws: () => AwsAccess | undefined
}

export interface StepLoginsNeeds {
  readonly connector: (ref: string) => Connector | undefined
  readonly read: ReadSecret
  readonly world: CloudWorld
  readonly ask: AskHelper
  /** Filled here: steps that sign in alike share their tokens. */
  readonly identities: Map<string, CloudIdentity>
}

const step = 'the settings of the step'

export function stepLogins(use: RegistryUse, needs: StepLoginsNeeds): StepLogins {
  const { settings } = use
  const named = use.connector === undefined ? undefined : needs.connector(use.connector)
  const identity = named !== undefined && isCloud(named) ? identityOf(named, settings, needs) : undefined
  const clouds = cloudsOf(settings).filter((cloud) => cloud !== identity?.cloud)
  const fromSettings = clouds.map((cloud) => shared(needs, [cloud, settings], () => cloudIdentity(cloud, { from: step, settings }, needs.world)))
  const identities = [...(identity === undefined ? [] : [identity]), ...fromSettings]
  const docker = named?.type === 'DockerRegistry' ? [connectorLogins(named, needs.read, settings)] : []
  const more = (use.otherConnectors ?? []).flatMap((ref) => connectorSources(ref, needs))
  const own =
    settings.config === undefined
      ? [...userLogins(use, named), ...docker, ...identities.map((one) => one.logins), ...more]
      : [configLogins(settings.config, needs.ask)]
  return { own, base: [...baseUser(settings), ...use.baseConnectors.flatMap((ref) => connectorSources(ref, needs))], aws: () => awsOf(identities) }
}

function identityOf(connector: CloudConnector, settings: LoginSettings, needs: StepLoginsNeeds): CloudIdentity {
  const { identifier, orgIdentifier, projectIdentifier } = connector
  return shared(needs, [identifier, orgIdentifier, projectIdentifier, settings], () => connectorIdentity(connector, settings, needs.read, needs.world))
}

function shared({ identities }: StepLoginsNeeds, key: readonly unknown[], make: () => CloudIdentity): CloudIdentity {
  const text = JSON.stringify(key)
  const identity = identities.get(text) ?? make()
  identities.set(text, identity)
  return identity
}

function awsOf(identities: readonly CloudIdentity[]): AwsAccess | undefined {
  return identities.find((one) => one.aws !== undefined)?.aws?.()
}

function connectorSources(ref: string, needs: StepLoginsNeeds): readonly LoginSource[] {
  const found = needs.connector(ref)
  if (found === undefined) return []
  if (found.type === 'DockerRegistry') return [connectorLogins(found, needs.read)]
  return isCloud(found) ? [identityOf(found, {}, needs).logins] : []
}

/** The clouds that the settings themselves hold a login for. */
function cloudsOf(s: LoginSettings): readonly CloudName[] {
  const found: readonly (readonly [CloudName, boolean])[] = [
    ['Aws', s.accessKey !== undefined || s.secretKey !== undefined || s.assumeRole !== undefined],
    ['Gcp', s.jsonKey !== undefined || s.poolId !== undefined || s.workloadIdentity !== undefined || s.accessToken !== undefined],
    ['Azure', s.clientId !== undefined || s.tenantId !== undefined || s.servicePrincipalId !== undefined],
  ]
  return found.flatMap(([cloud, there]) => (there ? [cloud] : []))
}

/** A whole docker configuration stands for every other login of the step. */
function configLogins(config: string, ask: AskHelper): LoginSource {
  const place = 'PLUGIN_CONFIG'
  return { name: place, logins: async (target) => loginsOfConfig(opened(readAuths(config), place), target, { place, ask }) }
}

/** User and password of the step: for its registry, or for the hosts it delivers to. Half of them is the connector's to complete. */
function userLogins({ settings, registries }: RegistryUse, named: Connector | undefined): readonly LoginSource[] {
  const { username, password, registry } = settings
  if (username === undefined && password === undefined) return []
  if (username === undefined || password === undefined) {
    if (named?.type === 'DockerRegistry') return []
    throw incomplete(
      username === undefined ? 'PLUGIN_PASSWORD' : 'PLUGIN_USERNAME',
      username === undefined ? 'PLUGIN_USERNAME' : 'PLUGIN_PASSWORD',
      registries[0],
    )
  }
  const own = registry === undefined ? undefined : parsePrefix(registry)
  const prefixes = own === undefined ? registries.map((host): Prefix => ({ registry: host, path: '' })) : [own]
  return [userSource(step, prefixes, username, password)]
}

function baseUser(settings: LoginSettings): readonly LoginSource[] {
  const { baseUsername: username, basePassword: password, baseRegistry } = settings
  if (username === undefined && password === undefined) return []
  const prefix = parsePrefix(baseRegistry ?? 'docker.io')
  if (username === undefined || password === undefined) {
    const names = ['PLUGIN_DOCKER_USERNAME', 'PLUGIN_DOCKER_PASSWORD'] as const
    throw incomplete(username === undefined ? names[1] : names[0], username === undefined ? names[0] : names[1], prefix?.registry)
  }
  return prefix === undefined ? [] : [userSource('the base image settings of the step', [prefix], username, password)]
}

function userSource(name: string, prefixes: readonly Prefix[], username: string, password: string): LoginSource {
  return { name, logins: async () => prefixes.map((prefix) => ({ prefix, from: name, credentials: async () => ({ kind: 'basic', username, password }) })) }
}

function incomplete(there: string, missing: string, registry = 'the registry') {
  return problem('CLOUD_CREDENTIALS_MISSING', { from: step, registry, reason: `${there} is there, and ${missing} is not` })
}

/** The registries that the five step types push to, under their own names: each takes only the login that its cloud's stand-in gives out. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { basicAuth } from '../../../src/registry/server/access-rule.ts'
import { createRegistry } from '../../../src/registry/server/create-registry.ts'
import { type ConnectorText, dockerConnector } from '../image-pipeline.ts'
import { startFront } from '../registry/front.ts'
import { startAws } from './aws-stand-in.ts'
import { startAzure } from './azure-stand-in.ts'
import { startGoogle } from './google-stand-in.ts'
import { identityProvider } from './identity-provider.ts'

/** Of every user of every registry: a registry may know only its hash. */
export const fleetPassword = 's:cret'

export const azureRegistry = 'boats.azurecr.io'

export interface FleetRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  stop(): Promise<void>
}

/** A registry that one user may use, with `fleetPassword`. */
export type OpenRegistry = (user: string) => Promise<FleetRegistry>

export interface Fleet {
  readonly hosts: readonly object[]
  readonly connectors: Readonly<Record<string, ConnectorText>>
  /** The secrets of the connectors, as the environment holds them. */
  readonly env: Readonly<Record<string, string>>
  /** Digest under a full reference, `gcr.io/boats/app:1`; undefined when it is not there. */
  digestAt(ref: string): Promise<string | undefined>
  /** A blob or manifest by its path after the repository, `manifests/1`. */
  fetch(repository: string, path: string): Promise<Response>
  stop(): Promise<void>
}

const users = {
  'docker.io': 'ann',
  'ghcr.io': 'bob',
  'dkr.ecr': 'AWS',
  'pkg.dev': 'oauth2accesstoken',
  'gcr.io': 'oauth2accesstoken',
  'azurecr.io': '00000000-0000-0000-0000-000000000000',
} as const

const googleAccount = 'pusher@boats.iam.gserviceaccount.com'
const manifests = ['oci.image.manifest.v1', 'oci.image.index.v1', 'docker.distribution.manifest.v2', 'docker.distribution.manifest.list.v2']
const accept = manifests.map((type) => `application/vnd.${type}+json`).join(', ')

export async function startFleet(open: OpenRegistry = embedded): Promise<Fleet> {
  const provider = identityProvider('https://ci.example')
  const aws = await startAws({ password: fleetPassword, keys: { AKIABOATS: { secret: 'aws-secret-key' } } })
  const google = await startGoogle({ token: fleetPassword, accounts: { [googleAccount]: provider.privatePem } })
  const azure = await startAzure({ registry: azureRegistry, refreshToken: fleetPassword, clients: { boats: { tenant: 't', secret: 'azure-secret' } } })
  const at = new Map<string, FleetRegistry>()
  for (const [name, user] of Object.entries(users)) at.set(name, await open(user))
  const host = (name: keyof typeof users): string => `http://${at.get(name)?.host}`
  const front = await startFront((path) => (path.startsWith('/oauth2/') ? azure.url : host('azurecr.io')))
  const of = (registry: string) => (Object.keys(users) as (keyof typeof users)[]).findLast((name) => registry.endsWith(name) || registry.includes(`${name}.`))
  const ask = (full: string, path: string, method: string): Promise<Response> => {
    const [, registry = 'docker.io', repository = full] = /^([^/]*[.:][^/]*)\/(.*)$/.exec(full) ?? []
    const name = of(registry) ?? 'docker.io'
    const authorization = `Basic ${Buffer.from(`${users[name]}:${fleetPassword}`).toString('base64')}`
    return fetch(`${host(name)}/v2/${repository}/${path}`, { method, headers: { accept, authorization } })
  }
  return {
    hosts: [
      { match: azureRegistry, endpoint: front.url },
      { match: 'ghcr.io', endpoint: host('ghcr.io') },
      { match: 'docker.io', endpoint: host('docker.io') },
      { match: '*.dkr.ecr.*.amazonaws.com', endpoint: host('dkr.ecr') },
      { match: '*.pkg.dev', endpoint: host('pkg.dev') },
      { match: 'gcr.io', endpoint: host('gcr.io') },
      ...[aws, google, azure].flatMap((cloud) => cloud.hosts),
    ],
    connectors: {
      hub: dockerConnector('https://index.docker.io/v1/', 'ann'),
      ghcr: dockerConnector('https://ghcr.io/example', 'bob'),
      aws: { type: 'Aws', spec: { credential: { type: 'ManualConfig', spec: { accessKey: 'AKIABOATS', secretKeyRef: 'aws' } } } },
      gcp: { type: 'Gcp', spec: { credential: { type: 'ManualConfig', spec: { secretKeyRef: 'gcp' } } } },
      azure: {
        type: 'Azure',
        spec: { credential: { type: 'ManualConfig', spec: { applicationId: 'boats', tenantId: 't', auth: { type: 'Secret', spec: { secretRef: 'azure' } } } } },
      },
    },
    env: {
      SLIPWAY_SECRET_PW_ANN: fleetPassword,
      SLIPWAY_SECRET_PW_BOB: fleetPassword,
      SLIPWAY_SECRET_AWS: 'aws-secret-key',
      SLIPWAY_SECRET_AZURE: 'azure-secret',
      SLIPWAY_SECRET_GCP: JSON.stringify({ type: 'service_account', client_email: googleAccount, private_key: provider.privatePem }),
    },
    async digestAt(ref) {
      const [, repository = '', tag = ''] = /^(.*):([^:/]*)$/.exec(ref) ?? []
      const answer = await ask(repository, `manifests/${tag}`, 'HEAD')
      return answer.headers.get('docker-content-digest') ?? undefined
    },
    fetch: (repository, path) => ask(repository, path, 'GET'),
    stop: async () => {
      for (const one of [front, ...at.values(), aws, google, azure]) await one.stop()
    },
  }
}

async function embedded(user: string): Promise<FleetRegistry> {
  const dir = await mkdtemp(join(tmpdir(), 'fleet-'))
  const registry = createRegistry({ dir, durability: 'fast', auth: basicAuth({ [user]: fleetPassword }) })
  const { address } = await registry.listen({ port: 0, signal: new AbortController().signal })
  return {
    host: address,
    stop: async () => {
      await registry.close()
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    },
  }
}

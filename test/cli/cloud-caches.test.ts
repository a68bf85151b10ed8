/** Layer caches in the registries of clouds, with the login of the step's connector, an identity token among them: no store of S3 is needed. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { basicAuth } from '../../src/registry/server/access-rule.ts'
import { type AwsStandIn, startAws } from '../support/cloud/aws-stand-in.ts'
import { type AzureStandIn, startAzure } from '../support/cloud/azure-stand-in.ts'
import { type GoogleStandIn, startGoogle } from '../support/cloud/google-stand-in.ts'
import { identityProvider } from '../support/cloud/identity-provider.ts'
import { configText, type ImageStep, imagePipeline } from '../support/image-pipeline.ts'
import { embeddedRegistry } from '../support/registry/embedded.ts'
import { startFront } from '../support/registry/front.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const googleAccount = 'pusher@boats.iam.gserviceaccount.com'
const role = 'arn:aws:iam::000123456789:role/web'
const provider = identityProvider('https://ci.example')
let aws: AwsStandIn
let google: GoogleStandIn
let azure: AzureStandIn
beforeAll(async () => {
  const keys = { AKIABOATS: { secret: 'aws-secret-key' } }
  aws = await startAws({ password: 'ecr-password', keys, provider, roles: { [role]: { subject: 'pipeline:p' } } })
  google = await startGoogle({ token: 'google-token', accounts: { [googleAccount]: provider.privatePem } })
  azure = await startAzure({ registry: 'boats.azurecr.io', clients: { boats: { tenant: 't', secret: 'azure-secret' } } })
})
afterAll(async () => {
  for (const service of [aws, google, azure]) await service.stop()
})

const connectors = {
  keys: { type: 'Aws', spec: { credential: { type: 'ManualConfig', spec: { accessKey: 'AKIABOATS', secretKeyRef: 'aws' } } } },
  token: { type: 'Aws', spec: { credential: { type: 'OidcAuthentication', spec: { iamRoleArn: role } } } },
  gcp: { type: 'Gcp', spec: { credential: { type: 'ManualConfig', spec: { secretKeyRef: 'gcp' } } } },
  azure: {
    type: 'Azure',
    spec: { credential: { type: 'ManualConfig', spec: { applicationId: 'boats', tenantId: 't', auth: { type: 'Secret', spec: { secretRef: 'azure' } } } } },
  },
}

const ecr = { region: 'eu-central-1', account: '000123456789', imageName: 'sloop', tags: ['1'], remoteCacheImage: 'sloop-cache' }
const gar = { host: 'europe-docker.pkg.dev', projectID: 'boats/fleet', imageName: 'sloop', tags: ['1'], connectorRef: 'gcp' }

const steps: readonly (readonly [string, ImageStep, string])[] = [
  ['ECR with keys', { to: 'ECR', spec: { ...ecr, connectorRef: 'keys' } }, '/v2/sloop-cache/'],
  ['ECR with an identity token', { to: 'ECR', spec: { ...ecr, connectorRef: 'token' } }, '/v2/sloop-cache/'],
  ['GAR', { to: 'GAR', spec: { ...gar, remoteCacheImage: 'europe-docker.pkg.dev/boats/fleet/cache' } }, '/v2/boats/fleet/cache/'],
  [
    'ACR',
    { to: 'ACR', spec: { connectorRef: 'azure', repository: 'boats.azurecr.io/sloop', tags: ['1'], remoteCacheImage: 'boats.azurecr.io/cache' } },
    '/v2/cache/',
  ],
]

describe('a remote cache image', () => {
  it.each(steps)('%s: kept where it is named, and found by another machine', async (_name, step, place) => {
    const written: string[] = []
    const logins = basicAuth({ AWS: 'ecr-password', oauth2accesstoken: 'google-token', '00000000-0000-0000-0000-000000000000': 'acr-refresh-token' })
    const { url, registry } = await embeddedRegistry({
      auth: (asker) => {
        const refused = logins(asker)
        if (refused === undefined && asker.method === 'PUT') written.push(asker.path)
        return refused
      },
    })
    const front = await startFront((path) => (path.startsWith('/oauth2/') ? azure.url : url))
    onTestFinished(() => front.stop())
    const hosts = [
      { match: 'boats.azurecr.io', endpoint: front.url },
      { match: '*.dkr.ecr.*.amazonaws.com', endpoint: `http://${registry}` },
      { match: '*.pkg.dev', endpoint: `http://${registry}` },
      ...aws.hosts,
      ...google.hosts,
      ...azure.hosts,
    ]
    const pipeline = imagePipeline({ ...step, env: { PLUGIN_CACHE_COPY_LAYERS: 'true' } })
    const files = { Dockerfile: 'FROM scratch\nCOPY a.txt /\nCOPY b.txt /\n', 'a.txt': 'a', 'b.txt': 'b' }
    const { dir } = tempProject({ ...files, 'p.yaml': pipeline, '.slipway/config.yaml': configText(connectors, hosts) })
    const env = {
      HOME: dir,
      SLIPWAY_SECRET_AWS: 'aws-secret-key',
      SLIPWAY_SECRET_AZURE: 'azure-secret',
      SLIPWAY_SECRET_GCP: JSON.stringify({ type: 'service_account', client_email: googleAccount, private_key: provider.privatePem }),
      SLIPWAY_OIDC_TOKEN: provider.token({ sub: 'pipeline:p', aud: 'sts.amazonaws.com' }),
    }
    const machine = async () => {
      const { code, out, err } = await slipwayHere(dir, env, 'run', 'p.yaml', '--on', 'local', '--output', 'ndjson')
      expect(code, `${out}${err}`).toBe(0)
      expect(`${out}${err}`).not.toMatch(/ecr-password|google-token|aws-secret-key|azure-secret|acr-refresh-token|PRIVATE KEY/)
      return Number(/"kind":"image.built"[^\n]*"cached":(\d+)/.exec(out)?.[1])
    }
    expect([await machine(), await machine()]).toEqual([0, 2])
    expect(written.some((path) => path.startsWith(`${place}manifests/`))).toBe(true)
  })
})

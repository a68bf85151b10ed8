/** Each plugin with the login that it makes for itself: services that check every request, and a registry for each that takes only their logins. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { basicAuth } from '../../src/registry/server/access-rule.ts'
import { type AwsStandIn, startAws } from '../support/cloud/aws-stand-in.ts'
import { type AzureStandIn, startAzure } from '../support/cloud/azure-stand-in.ts'
import { type GoogleStandIn, startGoogle } from '../support/cloud/google-stand-in.ts'
import { identityProvider } from '../support/cloud/identity-provider.ts'
import { startFront } from '../support/registry/front.ts'
import { sabotaged } from '../support/registry/sabotaged.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const googleAccount = 'pusher@boats.iam.gserviceaccount.com'
const provider = identityProvider('https://ci.example')
let aws: AwsStandIn
let google: GoogleStandIn
let azure: AzureStandIn
beforeAll(async () => {
  aws = await startAws({ account: '000123456789', password: 'ecr-password', keys: { AKIABOATS: { secret: 'aws-secret-key' } } })
  google = await startGoogle({ token: 'google-token', accounts: { [googleAccount]: provider.privatePem } })
  azure = await startAzure({ registry: 'boats.azurecr.io', clients: { boats: { tenant: 't', secret: 'azure-secret' } } })
})
afterAll(async () => {
  for (const service of [aws, google, azure]) await service.stop()
})

type Env = Readonly<Record<string, string>>

const host = '000123456789.dkr.ecr.eu-central-1.amazonaws.com'
const jsonKey = JSON.stringify({ type: 'service_account', client_email: googleAccount, private_key: provider.privatePem })
const hub: Env = { PLUGIN_REPO: 'harbour/sloop', PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: 'hub-password' }
const ecr: Env = {
  PLUGIN_REGISTRY: host,
  PLUGIN_REPO: 'sloop',
  PLUGIN_REGION: 'eu-central-1',
  PLUGIN_ACCESS_KEY: 'AKIABOATS',
  PLUGIN_SECRET_KEY: 'aws-secret-key',
}
const gar: Env = { PLUGIN_REGISTRY: 'europe-docker.pkg.dev/boats/fleet', PLUGIN_REPO: 'sloop', PLUGIN_JSON_KEY: jsonKey }
const gcr: Env = { PLUGIN_REPO: 'boats/sloop', PLUGIN_JSON_KEY: jsonKey }
const acr: Env = {
  PLUGIN_REGISTRY: 'boats.azurecr.io',
  PLUGIN_REPO: 'boats.azurecr.io/sloop',
  CLIENT_ID: 'boats',
  TENANT_ID: 't',
  CLIENT_SECRET: 'azure-secret',
}
const acrDirect: Env = {
  PLUGIN_REGISTRY: 'boats.azurecr.io',
  PLUGIN_REPO: 'sloop',
  SERVICE_PRINCIPAL_CLIENT_ID: 'boats-principal',
  SERVICE_PRINCIPAL_CLIENT_SECRET: 'principal-secret',
}

async function hosts() {
  const registry = async (users: Env) => `http://${await sabotaged(() => false, { auth: basicAuth(users) })}`
  const acrRegistry = await registry({ '00000000-0000-0000-0000-000000000000': 'acr-refresh-token', 'boats-principal': 'principal-secret' })
  const front = await startFront((path) => (path.startsWith('/oauth2/') ? azure.url : acrRegistry))
  onTestFinished(() => front.stop())
  const googleRegistry = await registry({ oauth2accesstoken: 'google-token' })
  return [
    { match: 'docker.io', endpoint: await registry({ ann: 'hub-password' }) },
    { match: '*.dkr.ecr.*.amazonaws.com', endpoint: await registry({ AWS: 'ecr-password' }) },
    { match: '*.pkg.dev', endpoint: googleRegistry },
    { match: 'gcr.io', endpoint: googleRegistry },
    { match: 'boats.azurecr.io', endpoint: front.url },
    ...aws.hosts,
    ...google.hosts,
    ...azure.hosts,
  ]
}

async function plugin(name: string, env: Env) {
  const { dir } = tempProject({ '.slipway/config.yaml': JSON.stringify({ hosts: await hosts() }), Dockerfile: 'FROM scratch\nCOPY Dockerfile /made\n' })
  const files = { PLUGIN_DIGEST_FILE: 'made/digest', PLUGIN_CACHE_METRICS_FILE: 'made/metrics.json' }
  const ran = await slipwayHere(dir, { HOME: dir, PLUGIN_TAGS: '1,2', ...files, ...env }, 'plugin', '--as', name)
  const said = `${ran.out}${ran.err}`
  expect(said).not.toMatch(/hub-password|ecr-password|google-token|aws-secret-key|azure-secret|principal-secret|acr-refresh-token|PRIVATE KEY/)
  const read = (file: string): string => (existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : '')
  return { code: ran.code, said, read, pushed: [...said.matchAll(/pushed (\S+) sha256:/g)].map(([, ref]) => ref) }
}

describe('plugins of clouds', { timeout: 60_000 }, () => {
  it.each<readonly [name: string, env: Env, repository: string]>([
    ['docker', hub, 'harbour/sloop'],
    ['buildx', hub, 'harbour/sloop'],
    ['kaniko', hub, 'harbour/sloop'],
    ['ecr', ecr, `${host}/sloop`],
    ['ecr', { ...ecr, PLUGIN_REPO: `${host}/sloop` }, `${host}/sloop`],
    ['buildx-ecr', ecr, `${host}/sloop`],
    ['kaniko-ecr', ecr, `${host}/sloop`],
    ['gar', gar, 'europe-docker.pkg.dev/boats/fleet/sloop'],
    ['gar', { PLUGIN_LOCATION: 'europe', PLUGIN_REPO: 'boats/fleet/sloop', PLUGIN_JSON_KEY: jsonKey }, 'europe-docker.pkg.dev/boats/fleet/sloop'],
    ['buildx-gar', gar, 'europe-docker.pkg.dev/boats/fleet/sloop'],
    ['kaniko-gar', gar, 'europe-docker.pkg.dev/boats/fleet/sloop'],
    ['gcr', { ...gcr, PLUGIN_JSON_KEY: Buffer.from(jsonKey).toString('base64') }, 'gcr.io/boats/sloop'],
    ['buildx-gcr', gcr, 'gcr.io/boats/sloop'],
    ['kaniko-gcr', gcr, 'gcr.io/boats/sloop'],
    ['acr', acr, 'boats.azurecr.io/sloop'],
    ['acr', acrDirect, 'boats.azurecr.io/sloop'],
    ['buildx-acr', acrDirect, 'boats.azurecr.io/sloop'],
    ['kaniko-acr', acr, 'boats.azurecr.io/sloop'],
  ])('%s pushes with its own login, and writes its files: %j', async (name, env, repository) => {
    const { code, said, pushed, read } = await plugin(name, env)
    expect(said).toContain(`${repository}:1`)
    expect([code, pushed]).toEqual([0, [`${repository}:1`, `${repository}:2`]])
    // Whatever the plugin is called, the files that it is asked for are there.
    expect(said).toContain(`${repository}:1 ${read('made/digest')}`)
    expect(JSON.parse(read('made/metrics.json'))).toMatchObject({ total_layers: 2, done: 2, error: 0 })
  })

  it('kaniko-ecr takes PLUGIN_USERNAME for the registry of base images, not for the push', async () => {
    const { code, pushed } = await plugin('kaniko-ecr', { ...ecr, PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: 'hub-password' })
    expect([code, pushed.length]).toEqual([0, 2])
  })

  it.each(['ecr', 'buildx-ecr', 'kaniko-ecr'])('%s asks AWS for its registry when none is named', async (name) => {
    const { PLUGIN_REGISTRY: _, ...rest } = ecr
    const { code, pushed } = await plugin(name, rest)
    expect([code, pushed]).toEqual([0, [`${host}/sloop:1`, `${host}/sloop:2`]])
    const wrong = await plugin(name, { ...rest, PLUGIN_SECRET_KEY: 'another' })
    expect([wrong.code, wrong.said]).toEqual([1, expect.stringContaining('CLOUD_CREDENTIALS_REFUSED')])
    aws.calls.length = 0
    const mixed = await plugin(name, { ...rest, PLUGIN_PUSH_ONLY: 'true', PLUGIN_NO_PUSH: 'false', PLUGIN_TAGS: 'no good' })
    expect([mixed.code, mixed.said, aws.calls]).toEqual([1, expect.stringContaining('TAG_INVALID'), []])
  })

  it('kaniko-ecr creates the repository before it pushes', async () => {
    const { code, said } = await plugin('kaniko-ecr', { ...ecr, PLUGIN_CREATE_REPOSITORY: 'true' })
    expect([code, said]).toEqual([0, expect.stringContaining('pushed')])
  })

  it('says which registry refused a wrong password', async () => {
    const { code, said, pushed } = await plugin('docker', { ...hub, PLUGIN_PASSWORD: 'another' })
    expect([code, pushed, said]).toEqual([1, [], expect.stringMatching(/REGISTRY_(?:UNAUTHORIZED|DENIED|LOGIN)/)])
  })
})

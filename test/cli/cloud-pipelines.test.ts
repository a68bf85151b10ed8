/** Our own pipelines that push to clouds, run as they are: services that check every request, and a registry for each that takes only their logins. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { basicAuth } from '../../src/registry/server/access-rule.ts'
import { root } from '../../tools/support/root.ts'
import { type AwsStandIn, startAws } from '../support/cloud/aws-stand-in.ts'
import { type AzureStandIn, startAzure } from '../support/cloud/azure-stand-in.ts'
import { type GoogleStandIn, startGoogle } from '../support/cloud/google-stand-in.ts'
import { identityProvider } from '../support/cloud/identity-provider.ts'
import { configText, dockerConnector } from '../support/image-pipeline.ts'
import { findProgram } from '../support/real.ts'
import { startFront } from '../support/registry/front.ts'
import { sabotaged } from '../support/registry/sabotaged.ts'
import { needs } from '../support/skip.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const googleAccount = 'pusher@boats.iam.gserviceaccount.com'
const provider = identityProvider('https://ci.example')
let aws: AwsStandIn
let google: GoogleStandIn
let azure: AzureStandIn
beforeAll(async () => {
  aws = await startAws({ password: 'ecr-password', keys: { AKIABOATS: { secret: 'aws-secret-key' } } })
  google = await startGoogle({ token: 'google-token', accounts: { [googleAccount]: provider.privatePem } })
  azure = await startAzure({ registry: 'boats.azurecr.io', clients: { boats: { tenant: 't', secret: 'azure-secret' } } })
})
afterAll(async () => {
  for (const service of [aws, google, azure]) await service.stop()
})

const connectors = {
  hub: dockerConnector('https://index.docker.io/v1/', 'ann'),
  ghcr_boats: dockerConnector('https://ghcr.io/harbour-boats', 'bob'),
  aws_boats: { type: 'Aws', spec: { credential: { type: 'ManualConfig', spec: { accessKey: 'AKIABOATS', secretKeyRef: 'aws' } } } },
  gcp_boats: { type: 'Gcp', spec: { credential: { type: 'ManualConfig', spec: { secretKeyRef: 'gcp' } } } },
  azure_boats: {
    type: 'Azure',
    spec: { credential: { type: 'ManualConfig', spec: { applicationId: 'boats', tenantId: 't', auth: { type: 'Secret', spec: { secretRef: 'azure' } } } } },
  },
}

const secrets = {
  SLIPWAY_SECRET_PW_ANN: 'hub-password',
  SLIPWAY_SECRET_PW_BOB: 'ghcr-password',
  SLIPWAY_SECRET_AWS: 'aws-secret-key',
  SLIPWAY_SECRET_AZURE: 'azure-secret',
  SLIPWAY_SECRET_GCP: JSON.stringify({ type: 'service_account', client_email: googleAccount, private_key: provider.privatePem }),
}

/** A registry for each cloud; Azure's exchanges tokens under the registry's own name. */
async function fleet() {
  const writes: string[] = []
  const registry = (name: string, users: Readonly<Record<string, string>>) =>
    sabotaged(
      (request) => {
        if (request.method === 'PUT' || request.method === 'PATCH') writes.push(`${name} ${request.url?.split('?')[0]}`)
        return false
      },
      { auth: basicAuth(users) },
    )
  const hub = await registry('hub', { ann: 'hub-password' })
  const ecr = await registry('ecr', { AWS: 'ecr-password' })
  const gar = await registry('gar', { oauth2accesstoken: 'google-token' })
  const ghcr = await registry('ghcr', { bob: 'ghcr-password' })
  const acr = await registry('acr', { '00000000-0000-0000-0000-000000000000': 'acr-refresh-token' })
  const front = await startFront((path) => (path.startsWith('/oauth2/') ? azure.url : `http://${acr}`))
  onTestFinished(() => front.stop())
  const hosts = [
    { match: 'boats.azurecr.io', endpoint: front.url },
    { match: 'ghcr.io', endpoint: `http://${ghcr}` },
    { match: 'docker.io', endpoint: `http://${hub}` },
    { match: '*.dkr.ecr.*.amazonaws.com', endpoint: `http://${ecr}` },
    { match: '*.pkg.dev', endpoint: `http://${gar}` },
    ...aws.hosts,
    ...google.hosts,
    ...azure.hosts,
  ]
  return { hosts, writes }
}

async function prepared(name: string, files: Readonly<Record<string, string>> = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /made\n' }) {
  const { hosts, writes } = await fleet()
  const pipeline = readFileSync(join(root, 'test/samples/own', name), 'utf8')
  const { dir } = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': configText(connectors, hosts), ...files })
  const git = (...args: readonly string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: dir, stdio: 'ignore' })
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'one'],
  ])
    git(...args)
  const run = async () => {
    const ran = await slipwayHere(dir, { HOME: dir, ...secrets }, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
    const said = `${ran.out}${ran.err}`
    expect(said).not.toMatch(/hub-password|ghcr-password|ecr-password|google-token|aws-secret-key|azure-secret|acr-refresh-token|PRIVATE KEY/)
    return { code: ran.code, said }
  }
  return { run, writes }
}

const pushedTo = (said: string) => [...said.matchAll(/pushed (\S+) (sha256:[0-9a-f]{64})/g)].map(([, ref = '', digest = '']) => ({ ref, digest }))

describe('pipelines of clouds', needs(findProgram('git', process.env) !== undefined, 'git is not installed'), () => {
  it.each([
    ['gp-09-ghcr.yaml', /^ghcr\.io\/harbour-boats\/sloop:/],
    ['gp-16-docker-hub.yaml', /^harbour\/sloop:1$/],
  ])('%s: pushed with the login of its connector', async (name, expected) => {
    const { run } = await prepared(name)
    const { code, said } = await run()
    expect([code, pushedTo(said).every(({ ref }) => expected.test(ref)), pushedTo(said).length > 0]).toEqual([0, true, true])
  })

  it('GP-08: one image under two names, one of them at ECR', async () => {
    const { run } = await prepared('gp-08-push-what-was-built.yaml')
    const { code, said } = await run()
    expect([code, said]).toEqual([0, expect.stringContaining('pilot-boat')])
    const pushed = pushedTo(said)
    expect(pushed.map(({ ref }) => ref).toSorted()).toEqual(['000123456789.dkr.ecr.eu-central-1.amazonaws.com/pilot-boat:c1', 'harbour/pilot:c1'])
    expect(new Set(pushed.map(({ digest }) => digest)).size).toBe(1)
  })

  it('GP-15: a second run pushes nothing and is content', async () => {
    const { run, writes } = await prepared('gp-15-skip-if-exists.yaml')
    expect((await run()).code).toBe(0)
    expect(writes.filter((line) => line.includes('/manifests/'))).toEqual(['ecr /v2/sloop/manifests/v1', 'ecr /v2/sloop/manifests/v1.2'])
    writes.length = 0
    const again = await run()
    expect([again.code, writes]).toEqual([0, []])
  })

  it('GP-10: two tags at Google, an archive beside them, and a word about what nobody knows', async () => {
    const dockerfile = 'FROM scratch AS deck\nARG SAILS\nCOPY sail /sail\nLABEL sails=$SAILS\nFROM scratch AS rest\nCOPY nothing /\n'
    const { run } = await prepared('gp-10-gar-flags.yaml', { 'boats/sloop.Dockerfile': dockerfile, 'boats/sail': 'white\n' })
    const { code, said } = await run()
    expect([code, said]).toEqual([0, expect.stringContaining('PLUGIN_BARNACLE')])
    expect(pushedTo(said).map(({ ref }) => ref)).toEqual(['2.0', '2.1'].map((tag) => `europe-docker.pkg.dev/boats/fleet/boats-prod/sloop:${tag}`))
    expect(said).toContain('sloop.tar')
  })

  it('GP-02: built once, four registries side by side, one digest', async () => {
    const { run } = await prepared('gp-02-build-once-vm.yaml')
    const { code, said } = await run()
    expect([code, said]).toEqual([0, expect.stringContaining('boats.azurecr.io/tug:1')])
    const pushed = pushedTo(said)
    expect(pushed.map(({ ref }) => ref.replace(/\/.*/, '')).toSorted()).toEqual([
      '000123456789.dkr.ecr.eu-central-1.amazonaws.com',
      'boats.azurecr.io',
      'europe-docker.pkg.dev',
      'harbour',
    ])
    expect(new Set(pushed.map(({ digest }) => digest)).size).toBe(1)
  })
})

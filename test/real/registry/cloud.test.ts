/**
 * Cloud registries from end to end: the program as users start it, token services that check each request, and Debian's docker-registry,
 * which takes only what those services gave. Hosts are mapped, as mirrors are.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { root } from '../../../tools/support/root.ts'
import { type AwsStandIn, startAws } from '../../support/cloud/aws-stand-in.ts'
import { type AzureStandIn, startAzure } from '../../support/cloud/azure-stand-in.ts'
import { type GoogleStandIn, startGoogle } from '../../support/cloud/google-stand-in.ts'
import { type IdentityProvider, identityProvider } from '../../support/cloud/identity-provider.ts'
import { type Instance, startInstance } from '../../support/cloud/instance-stand-in.ts'
import { type SelfSigned, selfSigned } from '../../support/cloud/self-signed.ts'
import { type ConnectorText, configText, dockerConnector, type ImageStep, imagePipeline } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { type Front, startFront } from '../../support/registry/front.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type Ran, runProgram } from '../support/run-program.ts'
import { type Authority, makeAuthority } from './certificates.ts'
import { type RealRegistry, startRegistry } from './start-registry.ts'
import { startTokenServer, type TokenServer } from './token-server.ts'

const program = real('docker-registry', { apt: 'docker-registry' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const options = program.missing === undefined ? openssl.options : promised('ci', program.options)

/** `s:cret`, for anybody. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'
const password = 's:cret'
const passwordOf = (...users: readonly string[]) => users.map((user) => `${user}:${hash}\n`).join('')

interface Work {
  readonly connectors: Readonly<Record<string, ConnectorText>>
  readonly hosts?: readonly object[]
  readonly steps: readonly ImageStep[]
  readonly env?: Readonly<Record<string, string>>
  readonly from?: string
  readonly files?: Readonly<Record<string, string>>
}

/** The command line as a process of its own, so that everything reads the environment that it is meant to. */
async function slipway(project: TempProject, env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const home = tempProject()
  const cli = `${root}/src/main/cli.ts`
  const clean = { HOME: home.dir, SLIPWAY_HOME: home.path('data'), DOCKER_CONFIG: '', AWS_EC2_METADATA_DISABLED: 'true', ...env }
  const ran = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], { cwd: project.dir, env: clean })
  expect(`${ran.out}${ran.err}`).not.toMatch(/s:cret|PRIVATE KEY|the-secret-key|aad-token|acr-refresh/)
  return ran
}

async function run({ connectors, hosts = [], steps, env = {}, from = 'scratch', files = {} }: Work): Promise<Ran> {
  const dockerfile = `FROM ${from}\nCOPY Dockerfile /made\n`
  const project = tempProject({ 'p.yaml': imagePipeline(...steps), '.slipway/config.yaml': configText(connectors, hosts), Dockerfile: dockerfile, ...files })
  return slipway(project, env, 'run', 'p.yaml', '--output', 'plain', '--debug-auth')
}

function passed(ran: Ran, ...says: readonly string[]): void {
  expect([ran.code, `${ran.err}${ran.out}`]).toEqual([0, expect.stringContaining(says[0] ?? '')])
  for (const text of says) expect(`${ran.err}${ran.out}`).toContain(text)
}

/** A real registry that takes the password from these users. */
function registryFor(...users: readonly string[]): () => RealRegistry {
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startRegistry(program.path, { htpasswd: passwordOf(...users) })
  })
  afterAll(() => registry?.stop())
  return () => registry
}

async function tagsOf(registry: RealRegistry, user: string, repository: string): Promise<readonly string[]> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const answer = await fetch(`http://${registry.host}/v2/${repository}/tags/list`, { headers: { authorization } })
  return ((await answer.json()) as { readonly tags?: readonly string[] }).tags?.toSorted() ?? []
}

describe('ECR', options, () => {
  const account = '123456789012'
  const host = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
  const started = registryFor('AWS')
  let aws: AwsStandIn
  let instance: Instance
  let provider: IdentityProvider
  beforeAll(async () => {
    provider = identityProvider('https://ci.example')
    instance = await startInstance({ id: 'ASIAINSTANCE', secret: 'instance-secret', token: 'instance-token' })
    aws = await startAws({
      password,
      provider,
      keys: { AKIAGOOD: { secret: 'the-secret-key' }, ASIAINSTANCE: { secret: 'instance-secret', sessionToken: 'instance-token' } },
      roles: { [role('web')]: { subject: 'pipeline:p' }, [role('push')]: { trusts: ['AKIAGOOD', 'ASIAINSTANCE'], externalId: 'ext-1' } },
    })
  })
  afterAll(async () => {
    await aws?.stop()
    await instance?.stop()
  })

  const hosts = () => [
    { match: '*.dkr.ecr.*.amazonaws.com', endpoint: `http://${started().host}` },
    { match: 'public.ecr.aws', endpoint: `http://${started().host}` },
    ...aws.hosts,
  ]
  const spec = (imageName: string) => ({ connectorRef: 'account.aws', region: 'eu-west-1', account, imageName, tags: ['1', 'latest'] })
  const connector = (credential: object): ConnectorText => ({ type: 'Aws', spec: { credential } })
  const keys = { type: 'ManualConfig', spec: { accessKey: 'AKIAGOOD', secretKeyRef: 'aws' } }
  const secrets = { SLIPWAY_SECRET_AWS: 'the-secret-key' }

  it('is pushed to with an identity token and a role', async () => {
    aws.calls.length = 0
    const env = { SLIPWAY_OIDC_TOKEN: provider.token({ sub: 'pipeline:p', aud: 'sts.amazonaws.com' }) }
    const connectors = { aws: connector({ type: 'OidcAuthentication', spec: { iamRoleArn: role('web') } }) }
    passed(
      await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('oidc') }], env }),
      `${host}/oidc:latest`,
      'the identity token of SLIPWAY_OIDC_TOKEN',
    )
    expect(aws.calls).toEqual([
      `sts.AssumeRoleWithWebIdentity ${role('web')} by token pipeline:p session kaniko-ecr-oidc 3600s`,
      `ecr.GetAuthorizationToken eu-west-1 as ${role('web')}`,
    ])
    expect(await tagsOf(started(), 'AWS', 'oidc')).toEqual(['1', 'latest'])
  })

  it('is pushed to as a role with its external id', async () => {
    aws.calls.length = 0
    const connectors = { aws: connector({ ...keys, crossAccountAccess: { crossAccountRoleArn: role('push'), externalId: 'ext-1' } }) }
    passed(
      await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('role') }], env: secrets }),
      `then the role ${role('push')} with its external id`,
    )
    expect(aws.calls.map((call) => call.split(' ')[0])).toEqual(['sts.AssumeRole', 'ecr.GetAuthorizationToken'])
    expect(await tagsOf(started(), 'AWS', 'role')).toEqual(['1', 'latest'])
  })

  it('is pushed to with keys, by the plugins’ variables too; the repository is made with all that is asked', async () => {
    const env = {
      PLUGIN_ACCESS_KEY: 'AKIAGOOD',
      PLUGIN_SECRET_KEY: '<+secrets.getValue("aws")>',
      PLUGIN_CREATE_REPOSITORY: 'true',
      PLUGIN_SCAN_ON_PUSH: 'true',
      PLUGIN_REPOSITORY_POLICY: 'policy.json',
    }
    const connectors = { aws: connector({ type: 'InheritFromDelegate' }) }
    const files = { 'policy.json': '{"Version": "2012-10-17"}' }
    const ran = await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('keys'), env }], env: secrets, files })
    passed(ran, 'the access key ****GOOD of the step', `${host}/keys:1`)
    expect(aws.repositories.get('keys')).toMatchObject({ imageScanningConfiguration: { scanOnPush: true }, policyText: files['policy.json'] })
    passed(await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('keys'), env }], env: secrets, files }), `${host}/keys:1`)
  })

  it('is pushed to as the machine: its instance profile, and a role from there', async () => {
    const connectors = { aws: connector({ type: 'InheritFromDelegate' }) }
    const env = { AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: instance.url }
    aws.calls.length = 0
    passed(await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('machine') }], env }), 'the identity of this machine')
    const step: ImageStep = { to: 'ECR', spec: spec('machine'), env: { PLUGIN_USER_ROLE_ARN: role('push'), PLUGIN_EXTERNAL_ID: 'ext-1' } }
    passed(await run({ connectors, hosts: hosts(), steps: [step], env }), `then the role ${role('push')}`)
    expect(aws.calls).toEqual([
      'ecr.GetAuthorizationToken eu-west-1 as ASIAINSTANCE',
      `sts.AssumeRole ${role('push')} by ASIAINSTANCE`,
      `ecr.GetAuthorizationToken eu-west-1 as ${role('push')}`,
    ])
    expect(instance.calls[0]).toBe('PUT /latest/api/token')
  })

  it('is pushed to with a profile of the user', async () => {
    const files = tempProject({ credentials: '[ci]\naws_access_key_id = AKIAGOOD\naws_secret_access_key = the-secret-key\n' })
    const project = tempProject({ '.slipway/config.yaml': configText({}, hosts()) })
    await writeArchive(project.path('app.tar'), [{ view: await randomImage(), refs: [] }], { signal: new AbortController().signal, durability: 'fast' })
    const env = { AWS_PROFILE: 'ci', AWS_SHARED_CREDENTIALS_FILE: files.path('credentials') }
    const ran = await slipway(project, env, 'push', 'app.tar', `${host}/profile:1`, '--debug-auth')
    passed(ran, 'from the environment (Aws) (the identity of this machine')
  })

  it('has a public sibling', async () => {
    const connectors = { aws: connector(keys) }
    const step: ImageStep = {
      to: 'ECR',
      spec: { connectorRef: 'aws', region: 'us-east-1', account, imageName: 'alias/app', tags: ['1'] },
      env: { PLUGIN_REGISTRY: 'public.ecr.aws', PLUGIN_CREATE_REPOSITORY: 'true' },
    }
    aws.calls.length = 0
    passed(await run({ connectors, hosts: hosts(), steps: [step], env: secrets }), 'public.ecr.aws/alias/app:1')
    expect(aws.calls).toEqual(['ecr-public.CreateRepository us-east-1 as AKIAGOOD', 'ecr-public.GetAuthorizationToken us-east-1 as AKIAGOOD'])
  })

  it('is not pushed to without the right: the connector’s line, the reason and a way out', async () => {
    const connectors = { aws: connector({ ...keys, crossAccountAccess: { crossAccountRoleArn: role('push'), externalId: 'guess' } }) }
    const ran = await run({ connectors, hosts: hosts(), steps: [{ to: 'ECR', spec: spec('no') }], env: secrets })
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(
      /config\.yaml:1:\d+: error: STS of AWS in eu-west-1 does not let connector aws act as .*role\/push: User: AKIAGOOD is not authorized/,
    )
    expect(ran.out).toContain('external id')
    expect(await tagsOf(started(), 'AWS', 'no')).toEqual([])
  })
})

describe('Artifact Registry and Container Registry', options, () => {
  const account = 'pusher@acme.iam.gserviceaccount.com'
  const audience = '//iam.googleapis.com/projects/42/locations/global/workloadIdentityPools/ci/providers/harness'
  const started = registryFor('oauth2accesstoken')
  let google: GoogleStandIn
  let provider: IdentityProvider
  beforeAll(async () => {
    provider = identityProvider('https://ci.example')
    google = await startGoogle({
      token: password,
      accounts: { [account]: provider.privatePem },
      federation: { provider, audience, mayActAs: { [account]: ['pipeline:p'] } },
    })
  })
  afterAll(() => google?.stop())

  const hosts = () => [...['*.pkg.dev', '*gcr.io'].map((match) => ({ match, endpoint: `http://${started().host}` })), ...google.hosts]
  const key = () => JSON.stringify({ type: 'service_account', client_email: account, private_key: provider.privatePem, private_key_id: 'k' })
  const gar = (imageName: string) => ({ connectorRef: 'gcp', host: 'europe-docker.pkg.dev', projectID: 'acme', imageName, tags: ['1'] })
  const manual: ConnectorText = { type: 'Gcp', spec: { credential: { type: 'ManualConfig', spec: { secretKeyRef: 'gcp' } } } }
  const inherit: ConnectorText = { type: 'Gcp', spec: { credential: { type: 'InheritFromDelegate' } } }

  it('are pushed to with a service account key, which goes to Google’s token service only', async () => {
    google.calls.length = 0
    const steps: readonly ImageStep[] = [
      { to: 'GAR', spec: gar('repo/key') },
      { to: 'GAR', spec: { ...gar('key'), host: 'eu.gcr.io' } },
    ]
    passed(
      await run({ connectors: { gcp: manual }, hosts: hosts(), steps, env: { SLIPWAY_SECRET_GCP: key() } }),
      'europe-docker.pkg.dev/acme/repo/key:1',
      'eu.gcr.io/acme/key:1',
    )
    expect(google.calls).toEqual([`key ${account}`])
    expect(await tagsOf(started(), 'oauth2accesstoken', 'acme/repo/key')).toEqual(['1'])
  })

  it('are pushed to by the federation, and bases come from there too', async () => {
    const env = { PLUGIN_PROJECT_NUMBER: '42', PLUGIN_POOL_ID: 'ci', PLUGIN_PROVIDER_ID: 'harness', PLUGIN_SERVICE_ACCOUNT_EMAIL: account }
    const token = provider.token({ sub: 'pipeline:p', aud: `https:${audience}` })
    const step: ImageStep = { to: 'GAR', spec: gar('repo/federated'), env: { ...env, PLUGIN_OIDC_TOKEN_ID: '<+secrets.getValue("token")>' } }
    google.calls.length = 0
    const from = 'europe-docker.pkg.dev/acme/repo/key:1'
    passed(
      await run({ connectors: { gcp: inherit }, hosts: hosts(), steps: [step], env: { SLIPWAY_SECRET_TOKEN: token }, from }),
      'europe-docker.pkg.dev/acme/repo/federated:1',
    )
    expect(google.calls).toEqual(['exchange pipeline:p', `impersonate ${account} by pipeline:p`])
  })

  it('are pushed to as the machine', async () => {
    const env = { GCE_METADATA_HOST: google.url.replace('http://', '') }
    google.calls.length = 0
    passed(
      await run({ connectors: { gcp: inherit }, hosts: hosts(), steps: [{ to: 'GAR', spec: gar('repo/machine') }], env }),
      'europe-docker.pkg.dev/acme/repo/machine:1',
    )
    expect(google.calls).toEqual(['metadata'])
  })

  it('take an access token through a Docker connector whose user the step names', async () => {
    const connectors = { gar: dockerConnector('https://europe-docker.pkg.dev/acme', 'anybody') }
    const step: ImageStep = {
      spec: { connectorRef: 'gar', repo: 'europe-docker.pkg.dev/acme/repo/docker', tags: ['1'] },
      env: { PLUGIN_USERNAME: 'oauth2accesstoken' },
    }
    passed(await run({ connectors, hosts: hosts(), steps: [step], env: { SLIPWAY_SECRET_PW_ANYBODY: password } }), 'repo/docker:1')
  })
})

describe('Azure Container Registry', options, () => {
  const host = 'acme.azurecr.io'
  const names = { issuer: 'acr', service: host }
  let authority: Authority
  let tokens: TokenServer
  let registry: RealRegistry
  let azure: AzureStandIn
  let front: Front
  let provider: IdentityProvider
  let certificate: SelfSigned
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    provider = identityProvider('https://ci.example')
    certificate = selfSigned('client')
    // The user of a login that came from an exchange.
    const users = { '00000000-0000-0000-0000-000000000000': { password: 'none', refreshToken: 'acr-refresh-token', prefix: '' } }
    tokens = await startTokenServer({ pair: authority.issue('tokens'), ...names, users })
    registry = await startRegistry(program.path, { token: { realm: tokens.realm, ...names, rootcertbundle: authority.certFile } })
    azure = await startAzure({
      registry: host,
      provider,
      identities: ['mi'],
      clients: {
        secret: { tenant: 't', secret: 's3' },
        certificate: { tenant: 't', certificate: certificate.certificate },
        oidc: { tenant: 't', subject: 'pipeline:p' },
      },
    })
    front = await startFront((path) => (path.startsWith('/oauth2/') ? azure.url : `http://${registry.host}`))
  })
  afterAll(async () => {
    for (const one of [front, tokens, registry, azure]) await one?.stop()
    authority?.remove()
  })

  const manual = (applicationId: string, auth: object): ConnectorText => ({
    type: 'Azure',
    spec: { credential: { type: 'ManualConfig', spec: { applicationId, tenantId: 't', auth } } },
  })
  const spec = (repository: string) => ({ connectorRef: 'acr', repository: `${host}/${repository}`, tags: ['1'] })

  it.each([
    ['a secret', () => manual('secret', { type: 'Secret', spec: { secretRef: 's' } }), () => ({ SLIPWAY_SECRET_S: 's3' }), 'secret secret of t'],
    [
      'a certificate',
      () => manual('certificate', { type: 'Certificate', spec: { certificateRef: 'c' } }),
      () => ({ SLIPWAY_SECRET_C: Buffer.from(`${certificate.key}${certificate.certificate}`).toString('base64') }),
      'certificate certificate of t',
    ],
    [
      'an identity token',
      (): ConnectorText => ({ type: 'Azure', spec: { credential: { type: 'OidcAuthentication', spec: { applicationId: 'oidc', tenantId: 't' } } } }),
      () => ({ SLIPWAY_OIDC_TOKEN: provider.token({ sub: 'pipeline:p', aud: 'api://AzureADTokenExchange' }) }),
      'federated oidc of t',
    ],
    [
      'the machine',
      (): ConnectorText => ({
        type: 'Azure',
        spec: { credential: { type: 'InheritFromDelegate', spec: { auth: { type: 'SystemAssignedManagedIdentity' } } } },
      }),
      () => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: azure.url }),
      'managed mi',
    ],
  ] as const)('is pushed to with %s: exchanged, refreshed, accepted', async (_name, connector, env, first) => {
    azure.calls.length = 0
    tokens.given.length = 0
    const hosts = [
      { match: host, endpoint: front.url },
      { match: 'login.microsoftonline.com', endpoint: azure.url },
    ]
    const repository = `team/${first.split(' ')[0]}`
    passed(await run({ connectors: { acr: connector() }, hosts, steps: [{ to: 'ACR', spec: spec(repository) }], env: env() }), `${host}/${repository}:1`)
    expect(azure.calls).toEqual([first, expect.stringMatching(/^exchange /)])
    expect(tokens.given).toEqual([`00000000-0000-0000-0000-000000000000: repository:${repository}:pull,push`])
    expect(tokens.faults).toEqual([])
  })
})

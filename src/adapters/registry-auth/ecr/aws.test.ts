/** Signing in to AWS in every way, against services that check each request as AWS does. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type AwsStandIn, startAws } from '../../../../test/support/cloud/aws-stand-in.ts'
import { cloudWorld } from '../../../../test/support/cloud/cloud-world.ts'
import { type IdentityProvider, identityProvider } from '../../../../test/support/cloud/identity-provider.ts'
import { readIdentity } from '../../../../test/support/cloud/read-connector.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { LoginSettings } from '../../../image-job/login.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import { ecrHost } from './ecr-host.ts'
import { careForRepository } from './repository-care.ts'

const signal = new AbortController().signal
const account = '123456789012'
const registry = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
const secrets = { secret: 'the-secret-key', session: 'the-session' }
const manual = 'type: Aws, spec: {credential: {type: ManualConfig, spec: {accessKey: AKIAGOOD, secretKeyRef: secret}}}'
const inherit = 'type: Aws, spec: {credential: {type: InheritFromDelegate}}'

let provider: IdentityProvider
let aws: AwsStandIn
beforeAll(async () => {
  provider = identityProvider('https://ci.example')
  aws = await startAws({
    provider,
    keys: {
      AKIAGOOD: { secret: 'the-secret-key' },
      AKIAMACHINE: { secret: 'machine-secret' },
      AKIASTALE: { secret: 'the-secret-key', sessionToken: 'the-session', expired: true },
    },
    roles: {
      [role('push')]: { trusts: ['AKIAGOOD', 'AKIAMACHINE', role('web')], externalId: 'ext-1' },
      [role('plain')]: { trusts: ['AKIAGOOD'] },
      [role('web')]: { subject: 'pipeline:p' },
      [role('weak')]: { trusts: ['AKIAGOOD'], lacks: ['CreateRepository', 'GetAuthorizationToken'] },
    },
  })
})
afterAll(() => aws.stop())

interface Given {
  readonly settings?: LoginSettings
  readonly env?: Readonly<Record<string, string>>
  readonly host?: string
}

/** What `docker login` would get, the calls it took, and the story. */
async function login(body: string, { settings, env, host = registry }: Given = {}) {
  const world = cloudWorld({ hosts: aws.hosts, ...(env !== undefined && { env }) })
  aws.calls.length = 0
  const identity = readIdentity(body, { world, secrets, ...(settings !== undefined && { settings }) })
  const [found] = await identity.logins.logins({ registry: host, repository: 'app' }, { signal })
  const credentials = await found?.credentials({ signal })
  return { credentials, from: found?.from, calls: [...aws.calls], world }
}

async function refused(body: string, given: Given = {}): Promise<Diagnostic & { readonly text: string }> {
  const failure: unknown = await login(body, given).catch((error: unknown) => error)
  const { diagnostic } = failure as { readonly diagnostic: Diagnostic }
  return { ...diagnostic, text: `${diagnostic.code} ${diagnostic.message} ${diagnostic.hint}` }
}

const good: Partial<Credentials> = { kind: 'basic', username: 'AWS', password: 'ecr-password' }

describe('a login for ECR', () => {
  it('comes from an identity token and a role, before all else', async () => {
    const settings = {
      oidcToken: provider.token({ sub: 'pipeline:p', aud: 'sts.amazonaws.com' }),
      assumeRole: role('web'),
      accessKey: 'AKIAGOOD',
      secretKey: 'x',
    }
    const { credentials, calls, from, world } = await login(manual, { settings })
    expect(credentials).toMatchObject(good)
    expect(calls).toEqual([
      `sts.AssumeRoleWithWebIdentity ${role('web')} by token pipeline:p session kaniko-ecr-oidc 3600s`,
      `ecr.GetAuthorizationToken eu-west-1 as ${role('web')}`,
    ])
    expect(from).toBe(`connector cloud (the identity token of PLUGIN_OIDC_TOKEN_ID as the role ${role('web')})`)
    expect(world.secrets).toContain(settings.oidcToken)
  })

  it('comes from an OIDC connector, and goes on to another account from there', async () => {
    const body = `type: Aws, spec: {credential: {type: OidcAuthentication, spec: {iamRoleArn: "${role('web')}"}, crossAccountAccess: {crossAccountRoleArn: "${role('push')}", externalId: ext-1}}}`
    const { dir } = tempProject({ token: `${provider.token({ sub: 'pipeline:p', aud: 'sts.amazonaws.com' })}\n` })
    const { credentials, calls } = await login(body, { env: { SLIPWAY_OIDC_TOKEN_FILE: `${dir}/token` } })
    expect(credentials).toMatchObject(good)
    expect(calls[1]).toBe(`sts.AssumeRole ${role('push')} by ${role('web')}`)
  })

  it('comes from keys by way of a role with its external id', async () => {
    const body = manual.replace(/}$/, '').replace(/}$/, `, crossAccountAccess: {crossAccountRoleArn: "${role('push')}", externalId: ext-1}}}`)
    const { credentials, calls, from } = await login(body)
    expect(credentials).toMatchObject(good)
    expect(calls).toEqual([`sts.AssumeRole ${role('push')} by AKIAGOOD`, `ecr.GetAuthorizationToken eu-west-1 as ${role('push')}`])
    expect(from).toBe(`connector cloud (the access key ****GOOD of the connector, then the role ${role('push')} with its external id)`)
  })

  it('takes the role of a stage variable instead of the connector’s', async () => {
    const { calls } = await login(manual, { settings: { assumeRole: role('plain') } })
    expect(calls[0]).toBe(`sts.AssumeRole ${role('plain')} by AKIAGOOD`)
  })

  it('comes from keys alone: those of the step before those of the connector', async () => {
    expect((await login(manual)).calls).toEqual(['ecr.GetAuthorizationToken eu-west-1 as AKIAGOOD'])
    const own = await login(inherit, { settings: { accessKey: 'AKIAMACHINE', secretKey: 'machine-secret' } })
    expect([own.calls, own.from]).toEqual([['ecr.GetAuthorizationToken eu-west-1 as AKIAMACHINE'], 'connector cloud (the access key ****HINE of the step)'])
  })

  it('comes from the machine, by its variables or the token of its pod', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'AKIAMACHINE', AWS_SECRET_ACCESS_KEY: 'machine-secret' }
    expect((await login(inherit, { env })).calls).toEqual(['ecr.GetAuthorizationToken eu-west-1 as AKIAMACHINE'])
    const { dir } = tempProject({ token: provider.token({ sub: 'pipeline:p', aud: 'sts.amazonaws.com' }) })
    const pod = await login(inherit.replace('InheritFromDelegate', 'Irsa'), { env: { AWS_ROLE_ARN: role('web'), AWS_WEB_IDENTITY_TOKEN_FILE: `${dir}/token` } })
    expect(pod.calls.at(-1)).toBe(`ecr.GetAuthorizationToken eu-west-1 as ${role('web')}`)
  })

  it('is of the region of the registry; public registries are served from one', async () => {
    expect((await login(manual, { host: 'public.ecr.aws' })).calls).toEqual(['ecr-public.GetAuthorizationToken us-east-1 as AKIAGOOD'])
    expect((await login(manual, { host: `${account}.dkr.ecr.ap-southeast-2.amazonaws.com` })).calls).toEqual([
      'ecr.GetAuthorizationToken ap-southeast-2 as AKIAGOOD',
    ])
  })

  it('is kept until shortly before its end', async () => {
    const world = cloudWorld({ hosts: aws.hosts })
    let now = Date.now()
    const clock = { ...world.clock, now: () => now }
    const identity = readIdentity(manual, { world: { ...world, clock }, secrets })
    const ask = async () => (await identity.logins.logins({ registry, repository: 'a' }, { signal }))[0]?.credentials({ signal })
    aws.calls.length = 0
    const both = await Promise.all([ask(), ask()])
    expect(both[0]?.until).toBeGreaterThan(now + 11 * 3_600_000)
    now += 11 * 3_600_000
    await ask()
    expect(aws.calls).toHaveLength(1)
    now += 3_600_000 - 60_000
    await ask()
    expect(aws.calls).toHaveLength(2)
  })

  it('is found at the endpoints that AWS’ own variables name', async () => {
    const settings = { assumeRole: role('plain') }
    const ask = async (env: Readonly<Record<string, string>>) => {
      const identity = readIdentity(manual, { world: cloudWorld({ env }), secrets, settings })
      return (await identity.logins.logins({ registry, repository: 'a' }, { signal }))[0]?.credentials({ signal })
    }
    expect(await ask({ AWS_ENDPOINT_URL: aws.url })).toMatchObject(good)
    expect(await ask({ AWS_ENDPOINT_URL_STS: aws.url, AWS_ENDPOINT_URL_ECR: aws.url, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).toMatchObject(good)
  })
})

describe('AWS says no', () => {
  it.each([
    ['a wrong secret', manual.replace('secretKeyRef: secret', 'secretKeyRef: session'), {}, 'CLOUD_CREDENTIALS_REFUSED'],
    ['an unknown key', manual.replace('AKIAGOOD', 'AKIANOBODY'), {}, 'CLOUD_CREDENTIALS_REFUSED'],
    [
      'an expired session',
      'type: Aws, spec: {credential: {type: ManualConfig, spec: {accessKey: AKIASTALE, secretKeyRef: secret, sessionTokenRef: session}}}',
      {},
      'CLOUD_CREDENTIALS_EXPIRED',
    ],
    ['a role without its external id', manual, { assumeRole: role('push') }, 'CLOUD_ROLE_REFUSED'],
    ['a role with a wrong external id', manual, { assumeRole: role('push'), externalId: 'ext-2' }, 'CLOUD_ROLE_REFUSED'],
    ['a role that is not there', manual, { assumeRole: role('nobody') }, 'CLOUD_ROLE_REFUSED'],
    ['a role without the right to a login', manual, { assumeRole: role('weak') }, 'CLOUD_PERMISSION_MISSING'],
    ['half of the keys', inherit, { accessKey: 'AKIAGOOD' }, 'CLOUD_CREDENTIALS_MISSING'],
    ['an identity token without a role', inherit, { oidcToken: 'x' }, 'CLOUD_CREDENTIALS_MISSING'],
    ['a pod without its variables', inherit.replace('InheritFromDelegate', 'Irsa'), {}, 'CLOUD_CREDENTIALS_MISSING'],
    ['a connector without its key', manual.replace('accessKey: AKIAGOOD, ', ''), {}, 'CONNECTOR_INCOMPLETE'],
  ] as const)('to %s, with the place and a way out', async (_name, body, settings, code) => {
    const said = await refused(body, { settings })
    expect([said.code, said.at?.file, said.at?.line]).toEqual([code, 'connector.yaml', 1])
    expect(said.text).not.toContain('the-secret-key')
    expect(said.hint).toBeTruthy()
  })

  it.each([
    ['for another audience', { aud: 'https://other', sub: 'pipeline:p' }, 'CLOUD_ROLE_REFUSED'],
    ['of another subject', { aud: 'sts.amazonaws.com', sub: 'pipeline:q' }, 'CLOUD_ROLE_REFUSED'],
    ['that has expired', { aud: 'sts.amazonaws.com', sub: 'pipeline:p', exp: 1000 }, 'CLOUD_CREDENTIALS_EXPIRED'],
  ])('to an identity token %s', async (_name, claims, code) => {
    const said = await refused(inherit, { settings: { oidcToken: provider.token(claims), assumeRole: role('web') } })
    expect(said.code).toBe(code)
  })

  it('to a clock that is off, and to a region that is none', async () => {
    const late = await startAws({ keys: { AKIAGOOD: { secret: 'the-secret-key' } }, skewMs: 3_600_000 })
    onTestFinished(() => late.stop())
    const nowhere = cloudWorld()
    const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    const codes = await Promise.all(
      [cloudWorld({ hosts: late.hosts }), { ...nowhere, send: async () => Promise.reject(unknown) }].map(async (world) => {
        const [found] = await readIdentity(manual, { world, secrets }).logins.logins({ registry, repository: 'a' }, { signal })
        return (await found?.credentials({ signal }).catch((error: unknown) => error)) as { readonly code: string; readonly message: string }
      }),
    )
    expect(codes.map(({ code }) => code)).toEqual(['CLOUD_CLOCK_OFF', 'CLOUD_REGION_WRONG'])
    expect(codes[0]?.message).toContain('Signature expired')
  })

  it('in its own words, with the role', async () => {
    expect((await refused(manual, { settings: { assumeRole: role('push') } })).message).toBe(
      `STS of AWS in eu-west-1 does not let connector cloud act as ${role('push')}: User: AKIAGOOD is not authorized to perform: sts:AssumeRole on resource: ${role('push')}`,
    )
  })
})

describe('the names of registries', () => {
  it.each([
    [registry, { kind: 'private', account, region: 'eu-west-1', fips: false }],
    [`${account}.dkr.ecr-fips.us-gov-west-1.amazonaws.com`, { kind: 'private', account, region: 'us-gov-west-1', fips: true }],
    [`${account}.dkr.ecr.cn-north-1.amazonaws.com.cn`, { kind: 'private', account, region: 'cn-north-1', fips: false }],
    [`${account}.dkr-ecr.eu-west-1.on.aws`, { kind: 'private', account, region: 'eu-west-1', fips: false }],
    ['public.ecr.aws', { kind: 'public', region: 'us-east-1' }],
    ['ecr.example.com', undefined],
    [`${registry}.evil.example`, undefined],
    [`${account}.dkr.ecr.eu-west-1.amazonaws.com:8443`, undefined],
  ])('%s', (name, expected) => {
    expect(ecrHost(name)).toEqual(expected)
  })
})

describe('care for a repository', () => {
  const wishes = { create: true, scanOnPush: true, lifecyclePolicy: '{"rules":[]}', accessPolicy: '{"Version":"2012-10-17"}' }
  async function care(host: string, asked: Partial<typeof wishes>, settings: LoginSettings = {}, repository = 'alias/app') {
    const world = cloudWorld({ hosts: aws.hosts })
    const notes: string[] = []
    aws.calls.length = 0
    const access = readIdentity(manual, { world, secrets, settings }).aws
    const o = { signal, world, aws: () => access?.(), progress: () => undefined, note: (d: Diagnostic) => void notes.push(d.message) }
    await careForRepository({ registry: host, repository }, { create: false, scanOnPush: false, ...asked }, o)
    return { calls: aws.calls.map((call) => call.replace(/ as .*/, '')), notes }
  }

  it('creates it with what is asked, and is content when it is there', async () => {
    aws.repositories.clear()
    expect((await care(registry, wishes)).calls).toEqual([
      'ecr.CreateRepository eu-west-1',
      'ecr.PutLifecyclePolicy eu-west-1',
      'ecr.SetRepositoryPolicy eu-west-1',
    ])
    expect(aws.repositories.get('alias/app')).toMatchObject({
      registryId: account,
      imageScanningConfiguration: { scanOnPush: true },
      lifecyclePolicyText: wishes.lifecyclePolicy,
      policyText: wishes.accessPolicy,
    })
    expect((await care(registry, { create: true, scanOnPush: true })).calls).toEqual([
      'ecr.CreateRepository eu-west-1',
      'ecr.PutImageScanningConfiguration eu-west-1',
    ])
    expect((await care(registry, {})).calls).toEqual([])
    expect((await care('docker.io', wishes)).calls).toEqual([])
  })

  it('uses the same role as the push', async () => {
    const settings = { assumeRole: role('push'), externalId: 'ext-1' }
    await care(registry, { create: true }, settings, 'other')
    expect(aws.calls).toEqual([`sts.AssumeRole ${role('push')} by AKIAGOOD`, `ecr.CreateRepository eu-west-1 as ${role('push')}`])
  })

  it('knows what public registries have', async () => {
    aws.repositories.clear()
    const { calls, notes } = await care('public.ecr.aws', wishes)
    expect(calls).toEqual(['ecr-public.CreateRepository us-east-1', 'ecr-public.SetRepositoryPolicy us-east-1'])
    expect([...aws.repositories.keys()]).toEqual(['app'])
    expect(notes).toEqual([
      expect.stringContaining('PLUGIN_SCAN_ON_PUSH has no effect on public.ecr.aws/alias/app'),
      expect.stringContaining('PLUGIN_LIFECYCLE_POLICY'),
    ])
  })

  it('says which right is missing, and what is wrong with a policy', async () => {
    await expect(care(registry, { create: true }, { assumeRole: role('weak') })).rejects.toMatchObject({
      code: 'CLOUD_PERMISSION_MISSING',
      message: expect.stringContaining(`may not do ecr:CreateRepository on ${registry}/alias/app: User: ${role('weak')} is not authorized`),
    })
    await expect(care(registry, { create: true, accessPolicy: 'no json' }, {}, 'third')).rejects.toMatchObject({ code: 'REPOSITORY_CARE_FAILED' })
    await expect(care(registry, { scanOnPush: true }, {}, 'missing')).rejects.toMatchObject({ code: 'REPOSITORY_CARE_FAILED' })
  })
})

/** What a step says about registries, through the whole program: logins for bases and pushes, clouds, mirrors, tries, certificates. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { randomImage } from '../../src/oci/random-image.ts'
import { push } from '../../src/registry/push.ts'
import { type AccessRule, basicAuth } from '../../src/registry/server/access-rule.ts'
import { type AwsStandIn, startAws } from '../support/cloud/aws-stand-in.ts'
import { configText, dockerConnector, imagePipeline } from '../support/image-pipeline.ts'
import { embeddedRegistry, fixedCredentials, testClient } from '../support/registry/embedded.ts'
import { sabotaged } from '../support/registry/sabotaged.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

const signal = new AbortController().signal
const account = '123456789012'
const ecr = `${account}.dkr.ecr.eu-west-1.amazonaws.com`
const dockerfile = (from: string) => `FROM ${from}\nCOPY Dockerfile /made\n`
const secrets = { SLIPWAY_SECRET_PW_ANN: 'pw-of-ann', SLIPWAY_SECRET_PW_BOB: 'pw-of-bob', SLIPWAY_SECRET_AWS: 'the-secret-key' }

/** Ann owns `bases/`, Bob everything else. */
const twoOwners: AccessRule = (asker) => basicAuth(asker.path.startsWith('/v2/bases/') ? { ann: 'pw-of-ann' } : { bob: 'pw-of-bob' })(asker)

async function withBase(auth: AccessRule = twoOwners) {
  const { registry, url } = await embeddedRegistry({ auth })
  const client = testClient({ auth: fixedCredentials({ kind: 'basic', username: 'ann', password: 'pw-of-ann' }) })
  await push(await randomImage({ seed: 7 }), { registry, repository: 'bases/x', tags: ['1'] }, { client, signal })
  return { registry, url }
}

interface Project {
  readonly pipeline: string
  readonly config: string
  readonly files?: Readonly<Record<string, string>>
  readonly from?: string
}

async function run({ pipeline, config, files = {}, from = 'scratch' }: Project, env: Readonly<Record<string, string>> = {}, ...argv: readonly string[]) {
  const { dir } = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': config, Dockerfile: dockerfile(from), ...files })
  const ran = await slipwayHere(dir, { HOME: dir, ...secrets, ...env }, 'run', 'p.yaml', '--output', 'plain', ...argv)
  expect(`${ran.out}${ran.err}`).not.toMatch(/pw-of-|the-secret-key/)
  return { ...ran, dir, said: `${ran.out}${ran.err}` }
}

describe('base images', () => {
  it('are pulled with the login of their connector, and pushed with another user of the same host', async () => {
    const { registry, url } = await withBase()
    const hosts = [{ match: 'docker.io', endpoint: url }]
    const config = configText(
      { base: dockerConnector('https://index.docker.io/v1/', 'ann'), own: dockerConnector('https://index.docker.io/v1/', 'bob') },
      hosts,
    )
    const spec = { connectorRef: 'own', baseImageConnectorRefs: ['account.base'], repo: 'bob/app', tags: ['1'] }
    const ran = await run({ pipeline: imagePipeline({ spec }), config, from: 'bases/x:1' })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('bob/app:1')])
    expect(registry).toBeTruthy()
  })

  it('come from several registries and from two paths of one host, each with the login of its own connector', async () => {
    const owner = (path: string): AccessRule | undefined =>
      path.startsWith('/v2/bases/') ? basicAuth({ ann: 'pw-of-ann' }) : path.startsWith('/v2/others/') ? basicAuth({ cal: 'pw-of-cal' }) : undefined
    const first = await embeddedRegistry({ auth: (asker) => (owner(asker.path) ?? basicAuth({ bob: 'pw-of-bob' }))(asker) })
    const second = await embeddedRegistry({ auth: basicAuth({ dan: 'pw-of-dan' }) })
    const seed = async (registry: string, repository: string, user: string): Promise<void> => {
      const client = testClient({ auth: fixedCredentials({ kind: 'basic', username: user, password: `pw-of-${user}` }) })
      await push(await randomImage({ seed: 7 }), { registry, repository, tags: ['1'] }, { client, signal })
    }
    await seed(first.registry, 'bases/x', 'ann')
    await seed(first.registry, 'others/y', 'cal')
    await seed(second.registry, 'z', 'dan')
    const config = configText({
      own: dockerConnector(`http://${first.registry}`, 'bob'),
      bases: dockerConnector(`http://${first.registry}/bases`, 'ann'),
      others: dockerConnector(`http://${first.registry}/others`, 'cal'),
      second: dockerConnector(`http://${second.registry}`, 'dan'),
    })
    const from = `${first.registry}/bases/x:1 AS one\nFROM ${first.registry}/others/y:1 AS two\nFROM ${second.registry}/z:1`
    const copies = '\nCOPY --from=one / /one\nCOPY --from=two / /two'
    const secrets = { SLIPWAY_SECRET_PW_CAL: 'pw-of-cal', SLIPWAY_SECRET_PW_DAN: 'pw-of-dan' }
    const built = (baseImageConnectorRefs: unknown) => {
      const spec = { connectorRef: 'own', baseImageConnectorRefs, repo: `${first.registry}/app`, tags: ['1'] }
      return run({ pipeline: imagePipeline({ spec }), config, from: from + copies }, secrets)
    }
    const all = await built(['bases', 'others', 'account.second'])
    expect([all.code, all.said]).toEqual([0, expect.stringContaining(`${first.registry}/app:1`)])
    const fewer = await built(['bases', 'others'])
    expect([fewer.code, fewer.said]).toEqual([1, expect.stringContaining('REGISTRY_UNAUTHORIZED')])
  })

  it.each([
    ['ECR', 'a text instead of a list', ecr, { region: 'eu-west-1', account, imageName: 'app' }],
    ['GAR', 'a list', 'us-docker.pkg.dev', { host: 'us-docker.pkg.dev', projectID: 'p', imageName: 'r/app' }],
    ['GCR', 'a list', 'gcr.io', { host: 'gcr.io', projectID: 'p', imageName: 'app' }],
    ['ACR', 'a text instead of a list', 'acme.azurecr.io', { repository: 'acme.azurecr.io/app' }],
  ] as const)('of a step for %s are pulled with their login, given as %s', async (to, form, match, target) => {
    const { registry } = await withBase()
    const open = await embeddedRegistry()
    const config = configText({ base: dockerConnector(`http://${registry}`, 'ann'), own: dockerConnector(`https://${match}`) }, [{ match, endpoint: open.url }])
    const spec = { connectorRef: 'own', baseImageConnectorRefs: form === 'a list' ? ['base'] : 'base', tags: ['1'], ...target }
    const ran = await run({
      pipeline: imagePipeline({ to, spec, env: { PLUGIN_USERNAME: 'u', PLUGIN_PASSWORD: 'p-w-o-r-d' } }),
      config,
      from: `${registry}/bases/x:1`,
    })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`pushed ${match}/`)])
  })

  it('are refused without it, in words that say so', async () => {
    const { url } = await withBase()
    const config = configText({ own: dockerConnector('https://index.docker.io/v1/', 'bob') }, [{ match: 'docker.io', endpoint: url }])
    const ran = await run({ pipeline: imagePipeline({ spec: { connectorRef: 'own', repo: 'bob/app', tags: ['1'] } }), config, from: 'bases/x:1' })
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining('REGISTRY_UNAUTHORIZED')])
  })

  it('of a build that pushes nothing are pulled with their login too', async () => {
    const { registry } = await withBase()
    const config = configText({ base: dockerConnector(`http://${registry}`, 'ann'), none: dockerConnector('https://index.docker.io/v1/') })
    const spec = { connectorRef: 'none', baseImageConnectorRefs: ['base'], repo: 'bob/app', tags: ['1'] }
    const ran = await run({ pipeline: imagePipeline({ spec, env: { PLUGIN_NO_PUSH: 'true' } }), config, from: `${registry}/bases/x:1` })
    expect([ran.code, ran.said]).toEqual([0, expect.not.stringContaining('UNAUTHORIZED')])
  })

  it('are pulled with what the plugins’ own variables say', async () => {
    const { registry } = await withBase()
    const config = configText({ own: dockerConnector(`http://${registry}`, 'bob') })
    const spec = { connectorRef: 'own', repo: `${registry}/app`, tags: ['1'] }
    const env = { PLUGIN_DOCKER_REGISTRY: registry, PLUGIN_DOCKER_USERNAME: 'ann', PLUGIN_DOCKER_PASSWORD: 'pw-of-ann' }
    const ran = await run({ pipeline: imagePipeline({ spec, env }), config, from: `${registry}/bases/x:1` })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`${registry}/app:1`)])
  })
})

describe('pushes', () => {
  it('to a registry that asks for nothing need no login', async () => {
    const { registry } = await embeddedRegistry()
    const config = configText({ open: dockerConnector(`http://${registry}`) })
    expect((await run({ pipeline: imagePipeline({ spec: { connectorRef: 'open', repo: `${registry}/app`, tags: ['1'] } }), config })).code).toBe(0)
  })

  it('take user and password of the step in place of the connector’s, one by one', async () => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ oauth2accesstoken: 'pw-of-bob' }) })
    const config = configText({ own: dockerConnector(`http://${registry}`, 'bob') })
    const spec = { connectorRef: 'own', repo: `${registry}/app`, tags: ['1'] }
    expect((await run({ pipeline: imagePipeline({ spec, env: { PLUGIN_USERNAME: 'oauth2accesstoken' } }), config })).code).toBe(0)
  })

  it('and caches on other registries go by several connectors of one step', async () => {
    const [own, caches] = [await embeddedRegistry({ auth: basicAuth({ bob: 'pw-of-bob' }) }), await embeddedRegistry({ auth: basicAuth({ ann: 'pw-of-ann' }) })]
    const config = configText({ own: dockerConnector(`http://${own.registry}`, 'bob'), caches: dockerConnector(`http://${caches.registry}`, 'ann') })
    const spec = { repo: `${own.registry}/app`, tags: ['1'], cacheTo: `type=registry,ref=${caches.registry}/cache,ignore-error=false` }
    const both = await run({ pipeline: imagePipeline({ spec: { ...spec, connectorRefs: ['own', 'account.caches'] } }), config })
    expect([both.code, both.said]).toEqual([0, expect.stringContaining(`${own.registry}/app:1`)])
    const beside = await run({ pipeline: imagePipeline({ spec: { ...spec, connectorRef: 'own', connectorRefs: ['caches'] } }), config })
    expect(beside.code).toBe(0)
    const one = await run({ pipeline: imagePipeline({ spec: { ...spec, connectorRef: 'own' } }), config })
    expect([one.code, one.said]).toEqual([1, expect.stringContaining('CACHE_EXPORT_FAILED')])
    const undefinedOne = await run({ pipeline: imagePipeline({ spec: { ...spec, connectorRef: 'own', connectorRefs: ['nobody'] } }), config })
    expect([undefinedOne.code, undefinedOne.said]).toEqual([1, expect.stringContaining('connector "nobody"')])
  })

  it('go by a whole docker configuration when the step has one', async () => {
    const [one, two] = [await embeddedRegistry({ auth: basicAuth({ ann: 'pw-of-ann' }) }), await embeddedRegistry({ auth: basicAuth({ bob: 'pw-of-bob' }) })]
    const auths = { [one.registry]: { username: 'ann', password: 'pw-of-ann' }, [two.registry]: { username: 'bob', password: 'pw-of-bob' } }
    const config = configText({ own: dockerConnector(`http://${one.registry}`, 'bob') })
    const step = ({ registry }: { readonly registry: string }) => ({
      spec: { connectorRef: 'own', repo: `${registry}/app`, tags: ['1'] },
      env: { PLUGIN_CONFIG: '/harness/docker.json' },
    })
    const ran = await run({ pipeline: imagePipeline(step(one), step(two)), config, files: { 'docker.json': JSON.stringify({ auths }) } })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`${two.registry}/app:1`)])
  })

  it('are tried as often as the step asks', async () => {
    const refusals = { left: 7 }
    const registry = await sabotaged((request, response) => {
      if (request.method !== 'PUT' || !request.url?.includes('/manifests/') || refusals.left === 0) return false
      refusals.left -= 1
      response.writeHead(503, { 'retry-after': '0' }).end()
      return true
    })
    const config = configText({ own: dockerConnector(`http://${registry}`) })
    const push = (env: Readonly<Record<string, string>>) => imagePipeline({ spec: { connectorRef: 'own', repo: `${registry}/app`, tags: ['1'] }, env })
    expect((await run({ pipeline: push({ PLUGIN_PUSH_RETRY: '7' }), config })).code).toBe(0)
    expect(refusals.left).toBe(0)
    refusals.left = 7
    expect((await run({ pipeline: push({}), config })).said).toContain('REGISTRY_FAILED')
  })
})

describe('the own registry', () => {
  const connectorless = { registryRef: 'account.Team', repo: 'app', tags: ['1'] }

  it('takes what a registryRef names, and gives it to later steps and runs', async () => {
    const config = configText({})
    const ran = await run({
      pipeline: imagePipeline({ spec: connectorless }, { spec: { ...connectorless, repo: 'other', dockerfile: 'Second' } }),
      config,
      files: { Second: 'FROM registry.slipway.internal/team/app:1\nLABEL second=yes\n' },
    })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('pushed registry.slipway.internal/team/other:1 sha256:')])
    expect(ran.said).toContain('REGISTRY_REF_OWN')
  })

  it('is where hosts say, and a connector of that name goes before it', async () => {
    const { registry } = await embeddedRegistry()
    const mapped = configText({}, [{ match: 'registry.slipway.internal', endpoint: `http://${registry}` }])
    expect((await run({ pipeline: imagePipeline({ spec: connectorless }), config: mapped })).code).toBe(0)
    expect((await fetch(`http://${registry}/v2/team/app/manifests/1`)).status).toBe(200)
    const named = configText({ Team: dockerConnector(`http://${registry}`) })
    const ran = await run({ pipeline: imagePipeline({ spec: connectorless }), config: named })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`pushed ${registry}/app:1`)])
  })
})

describe('mirrors and maps', () => {
  it('serve Docker Hub’s images, and nothing else when the step says so', async () => {
    const mirror = await embeddedRegistry()
    await push(await randomImage({ seed: 9 }), { registry: mirror.registry, repository: 'library/alpine', tags: ['3'] }, { client: testClient(), signal })
    const target = await embeddedRegistry()
    const config = configText({ own: dockerConnector(`http://${target.registry}`) }, [{ match: 'docker.io', endpoint: 'http://127.0.0.1:1' }])
    const spec = { connectorRef: 'own', repo: `${target.registry}/app`, tags: ['1'] }
    const env = { PLUGIN_REGISTRY_MIRRORS: mirror.registry, PLUGIN_SKIP_DEFAULT_REGISTRY_FALLBACK: 'true' }
    expect((await run({ pipeline: imagePipeline({ spec, env }), config, from: 'alpine:3' })).code).toBe(0)
    const missing = await run({ pipeline: imagePipeline({ spec, env }), config, from: 'alpine:4' })
    expect([missing.code, missing.said]).toEqual([1, expect.stringContaining('REGISTRY_NOT_FOUND')])
    const elsewhere = await run({
      pipeline: imagePipeline({ spec, env: { PLUGIN_REGISTRY_MAP: `quay.io=${mirror.registry}` } }),
      config,
      from: 'quay.io/library/alpine:3',
    })
    expect(elsewhere.code).toBe(0)
  })
})

describe('clouds', () => {
  let aws: AwsStandIn
  beforeAll(async () => {
    const push = `arn:aws:iam::${account}:role/push`
    aws = await startAws({
      password: 'ecr-password',
      keys: { AKIAGOOD: { secret: 'the-secret-key' } },
      roles: { [push]: { trusts: ['AKIAGOOD'], externalId: 'ext' } },
    })
  })
  afterAll(() => aws.stop())

  const connector = { type: 'Aws', spec: { credential: { type: 'ManualConfig', spec: { accessKey: 'AKIAGOOD', secretKeyRef: 'aws' } } } }
  const spec = { connectorRef: 'aws', region: 'eu-west-1', account, imageName: 'app', tags: ['1', '2'] }

  it('a step pushes to ECR as the role of a stage variable, with the repository made first', async () => {
    const { url } = await embeddedRegistry({ auth: basicAuth({ AWS: 'ecr-password' }) })
    const config = configText({ aws: connector }, [{ match: '*.dkr.ecr.*.amazonaws.com', endpoint: url }, ...aws.hosts])
    const env = {
      PLUGIN_CREATE_REPOSITORY: 'true',
      PLUGIN_LIFECYCLE_POLICY: 'policy.json',
      PLUGIN_USER_ROLE_ARN: `arn:aws:iam::${account}:role/push`,
      PLUGIN_EXTERNAL_ID: 'ext',
    }
    aws.calls.length = 0
    const ran = await run({ pipeline: imagePipeline({ to: 'ECR', spec, env }), config, files: { 'policy.json': '{"rules": []}' } })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`${ecr}/app:2`)])
    expect(aws.repositories.get('app')).toMatchObject({ lifecyclePolicyText: '{"rules": []}' })
    const as = `as arn:aws:iam::${account}:role/push`
    expect(aws.calls).toEqual([
      `sts.AssumeRole arn:aws:iam::${account}:role/push by AKIAGOOD`,
      `ecr.CreateRepository eu-west-1 ${as}`,
      `ecr.PutLifecyclePolicy eu-west-1 ${as}`,
      `ecr.GetAuthorizationToken eu-west-1 ${as}`,
    ])
  })

  it('commands sign in with a connector of the folder, and say how', async () => {
    const { url } = await embeddedRegistry({ auth: basicAuth({ AWS: 'ecr-password' }) })
    const config = configText({ aws: connector }, [{ match: '*.dkr.ecr.*.amazonaws.com', endpoint: url }, ...aws.hosts])
    const { dir } = tempProject({ '.slipway/config.yaml': config })
    await writeArchive(`${dir}/app.tar`, [{ view: await randomImage(), refs: [] }], { signal, durability: 'fast' })
    const pushed = await slipwayHere(dir, { HOME: dir, ...secrets }, 'push', 'app.tar', `${ecr}/app:1`, '--debug-auth')
    expect([pushed.code, pushed.err]).toEqual([
      0,
      expect.stringContaining(
        `auth: ${ecr}/app: user "AWS" with password ********, from connector aws (the access key ****GOOD of the connector), which fits with ${ecr}\n`,
      ),
    ])
    expect(`${pushed.out}${pushed.err}`).not.toMatch(/ecr-password|the-secret-key/)
    const checked = await slipwayHere(dir, { HOME: dir, ...secrets }, 'connector', 'check')
    expect([checked.code, checked.out]).toEqual([
      0,
      '✔ aws                      AWS gives a login for ECR in us-east-1 to the access key ****GOOD of the connector\n',
    ])
    const wrong = await slipwayHere(dir, { HOME: dir, ...secrets, SLIPWAY_SECRET_AWS: 'guess' }, 'connector', 'check')
    expect([wrong.code, wrong.out]).toEqual([1, expect.stringContaining('CLOUD_CREDENTIALS_REFUSED')])
  })

  it('the environment is enough for a command without connectors', async () => {
    const { url } = await embeddedRegistry({ auth: basicAuth({ AWS: 'ecr-password' }) })
    const { dir } = tempProject({ '.slipway/config.yaml': configText({}, [{ match: '*.dkr.ecr.*.amazonaws.com', endpoint: url }, ...aws.hosts]) })
    await writeArchive(`${dir}/app.tar`, [{ view: await randomImage(), refs: [] }], { signal, durability: 'fast' })
    const env = { HOME: dir, AWS_ACCESS_KEY_ID: 'AKIAGOOD', AWS_SECRET_ACCESS_KEY: 'the-secret-key' }
    expect((await slipwayHere(dir, env, 'push', 'app.tar', `${ecr}/app:1`)).code).toBe(0)
    expect((await slipwayHere(dir, { HOME: dir }, 'push', 'app.tar', `${ecr}/app:1`)).err).toContain('no credentials were found')
  })

  it('a repository that may not be made is told, and nothing is pushed to it', async () => {
    const { url } = await embeddedRegistry({ auth: basicAuth({ AWS: 'ecr-password' }) })
    const config = configText({ aws: connector }, [{ match: '*.dkr.ecr.*.amazonaws.com', endpoint: url }, ...aws.hosts])
    const env = { PLUGIN_CREATE_REPOSITORY: 'true', PLUGIN_REPOSITORY_POLICY: 'policy.json' }
    const ran = await run({ pipeline: imagePipeline({ to: 'ECR', spec: { ...spec, imageName: 'other' }, env }), config, files: { 'policy.json': 'no json' } })
    expect([ran.code, ran.said]).toEqual([1, expect.stringContaining(`ecr:SetRepositoryPolicy of ${ecr}/other failed: Invalid parameter`)])
    expect(
      (await fetch(`${url}/v2/other/tags/list`, { headers: { authorization: `Basic ${Buffer.from('AWS:ecr-password').toString('base64')}` } })).status,
    ).toBe(404)
  })
})

/** What connectors and settings of a step say about registries, against Debian's docker-registry: names, users, tokens, certificates. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomImage } from '../../../src/oci/random-image.ts'
import { push } from '../../../src/registry/push.ts'
import { root } from '../../../tools/support/root.ts'
import { type ConnectorText, configText, dockerConnector, type ImageStep, imagePipeline } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { fixedCredentials, testClient } from '../../support/registry/embedded.ts'
import { promised } from '../../support/skip.ts'
import { slipwayHere } from '../../support/slipway-here.ts'
import { tempProject } from '../../support/temp-project.ts'
import { type Authority, makeAuthority, type Pair } from './certificates.ts'
import { type RealRegistry, startRegistry } from './start-registry.ts'
import { startTokenServer, type TokenServer } from './token-server.ts'

const program = real('docker-registry', { apt: 'docker-registry' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const options = program.missing === undefined ? openssl.options : promised('ci', program.options)
const signal = new AbortController().signal

/** `s:cret`, for anybody. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'
const passwords = { SLIPWAY_SECRET_PW_ANN: 's:cret', SLIPWAY_SECRET_PW_BOB: 'bob-word' }

interface Work {
  readonly connectors: Readonly<Record<string, ConnectorText>>
  readonly hosts: readonly object[]
  readonly step: ImageStep
  readonly from?: string
  readonly files?: Readonly<Record<string, string>>
}

async function run({ connectors, hosts, step, from = 'scratch', files = {} }: Work) {
  const dockerfile = `FROM ${from}\nCOPY Dockerfile /made\n`
  const { dir } = tempProject({ 'p.yaml': imagePipeline(step), '.slipway/config.yaml': configText(connectors, hosts), Dockerfile: dockerfile, ...files })
  const ran = await slipwayHere(dir, { HOME: dir, ...passwords }, 'run', 'p.yaml', '--output', 'plain')
  const said = `${ran.out}${ran.err}`
  expect(said).not.toMatch(/s:cret|bob-word|PRIVATE KEY/)
  return { code: ran.code, said }
}

describe('names of registries', options, () => {
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startRegistry(program.path, { htpasswd: `ann:${hash}\n` })
  })
  afterAll(() => registry?.stop())

  it.each([
    ['Docker Hub, version 1', 'https://index.docker.io/v1/', 'docker.io', 'acme/one'],
    ['Docker Hub, version 2', 'https://index.docker.io/v2/', 'docker.io', 'acme/two'],
    ['Docker Hub by its web address', 'https://registry.hub.docker.com/v2/', 'docker.io', 'acme/three'],
    ['JFrog, by path', 'https://company.jfrog.io', 'company.jfrog.io', 'company.jfrog.io/docker-local/app'],
    ['JFrog, by host', 'https://docker-local.company.jfrog.io', 'docker-local.company.jfrog.io', 'docker-local.company.jfrog.io/app'],
    ['Harbor', 'https://harbor.example/', 'harbor.example', 'harbor.example/project/app'],
    ['Quay', 'https://quay.io', 'quay.io', 'quay.io/acme/app'],
    ['a repository without its host', 'https://quay.io', 'quay.io', 'acme/other'],
  ])('%s: %s', async (_name, url, match, repo) => {
    const hosts = [{ match, endpoint: `http://${registry.host}` }]
    const step = { spec: { connectorRef: 'own', repo, tags: ['1'] } }
    const ran = await run({ connectors: { own: dockerConnector(url, 'ann') }, hosts, step })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('sha256:')])
    const nobody = await run({ connectors: { own: dockerConnector(url) }, hosts, step })
    expect([nobody.code, nobody.said]).toEqual([1, expect.stringContaining('REGISTRY_UNAUTHORIZED')])
  })

  it('a private base comes with its connector’s login, and not without', async () => {
    const ann = fixedCredentials({ kind: 'basic', username: 'ann', password: 's:cret' })
    await push(await randomImage({ seed: 5 }), { registry: registry.host, repository: 'x', tags: ['1'] }, { client: testClient({ auth: ann }), signal })
    const open = await startRegistry(program.path)
    const hosts = [
      { match: 'private.example', endpoint: `http://${registry.host}` },
      { match: 'open.example', endpoint: `http://${open.host}` },
    ]
    const connectors = { own: dockerConnector('https://open.example'), base: dockerConnector('https://private.example', 'ann') }
    const spec = { connectorRef: 'own', repo: 'open.example/app', tags: ['1'] }
    const from = 'private.example/x:1'
    const ran = await run({ connectors, hosts, from, step: { spec: { ...spec, baseImageConnectorRefs: 'account.base' } } })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('open.example/app:1')])
    const without = await run({ connectors, hosts, from, step: { spec } })
    expect([without.code, without.said]).toEqual([1, expect.stringContaining('private.example wants other credentials for')])
    await open.stop()
  })
})

describe('registries with tokens', options, () => {
  const users = {
    ann: { password: 's:cret', prefix: 'ns/' },
    bob: { password: 'bob-word', prefix: 'bob/' },
  }
  const names = { issuer: 'slipway test', service: 'ghcr.io' }
  let authority: Authority
  let tokens: TokenServer
  let registry: RealRegistry
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    tokens = await startTokenServer({ pair: authority.issue('tokens'), ...names, users })
    registry = await startRegistry(program.path, { token: { realm: tokens.realm, ...names, rootcertbundle: authority.certFile } })
  })
  afterAll(async () => {
    await tokens?.stop()
    await registry?.stop()
    authority?.remove()
  })

  it('GitHub’s: the connector’s URL holds the owner, and the token is for the repository', async () => {
    tokens.given.length = 0
    const hosts = [{ match: 'ghcr.io', endpoint: `http://${registry.host}` }]
    const step = { spec: { connectorRef: 'ghcr', repo: 'ghcr.io/ns/img', tags: ['1', '2'] } }
    const ran = await run({ connectors: { ghcr: dockerConnector('https://ghcr.io/NS', 'ann') }, hosts, step })
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('ghcr.io/ns/img:2')])
    expect([tokens.given, tokens.faults]).toEqual([['ann: repository:ns/img:pull,push'], []])
  })

  it('a push that is refused names reference, connector and right, for every tag', async () => {
    const hosts = [{ match: 'ghcr.io', endpoint: `http://${registry.host}` }]
    const step = { spec: { connectorRef: 'own', repo: 'ghcr.io/ns/img', tags: ['1', '2'] } }
    const ran = await run({ connectors: { own: dockerConnector('https://ghcr.io', 'bob') }, hosts, step })
    expect(ran.code).toBe(1)
    for (const tag of ['1', '2'])
      expect(ran.said).toMatch(new RegExp(`ghcr\\.io/ns/img:${tag} was not pushed: connector "own" has no login that may push there`))
  })

  it('two users of Docker Hub: one for the base, one for the push', async () => {
    tokens.given.length = 0
    const hosts = [{ match: 'docker.io', endpoint: `http://${registry.host}` }]
    const url = 'https://index.docker.io/v1/'
    const connectors = { own: dockerConnector(url, 'bob'), base: dockerConnector(url, 'ann') }
    const step = { spec: { connectorRef: 'own', baseImageConnectorRefs: ['base'], repo: 'bob/app', tags: ['1'] } }
    expect((await run({ connectors, hosts, step, from: 'ns/img:1' })).said).toContain('bob/app:1')
    expect(new Set(tokens.given)).toEqual(new Set(['ann: repository:ns/img:pull', 'bob: repository:bob/app:pull,push']))
  })
})

describe('certificates of a step', options, () => {
  let authority: Authority
  let pair: Pair
  let servers: Readonly<Record<'tls' | 'mutual' | 'plain', RealRegistry>>
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    pair = authority.issue('registry')
    servers = {
      tls: await startRegistry(program.path, { tls: pair }),
      mutual: await startRegistry(program.path, { tls: pair, clientAuthority: authority.certFile }),
      plain: await startRegistry(program.path),
    }
  })
  afterAll(async () => {
    for (const server of Object.values(servers ?? {})) await server.stop()
    authority?.remove()
  })

  const files = () => {
    const client = authority.issue('client')
    return { 'ca.pem': readFileSync(authority.certFile, 'utf8'), 'c.pem': client.cert, 'k.pem': client.key }
  }

  it('GP-17: not checked, as the pipeline says with a boolean', async () => {
    const pipeline = readFileSync(join(root, 'test/samples/own/gp-17-skip-verify.yaml'), 'utf8')
    const config = configText({ shed: dockerConnector('https://shed.example:5000') }, [{ match: 'shed.example:5000', endpoint: `https://${servers.tls.host}` }])
    const { dir } = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nCOPY Dockerfile /made\n' })
    const ran = await slipwayHere(dir, { HOME: dir }, 'run', 'p.yaml', '--on', 'local', '--output', 'plain')
    expect([ran.code, `${ran.out}${ran.err}`]).toEqual([0, expect.stringContaining('pushed shed.example:5000/sloop:a')])
  })

  it.each([
    ['no word about it', 'tls', {}, 'REGISTRY_TLS'],
    ['its authority', 'tls', { PLUGIN_REGISTRY_CERTIFICATE: 'harbor.example=ca.pem' }, undefined],
    ['the authority of another host', 'tls', { PLUGIN_REGISTRY_CERTIFICATE: 'other.example=ca.pem' }, 'REGISTRY_TLS'],
    ['an authority for all hosts', 'tls', { HARNESS_CA_PATH: '/harness/ca.pem' }, undefined],
    ['no check when pushing', 'tls', { PLUGIN_SKIP_TLS_VERIFY: 'true' }, undefined],
    ['no check when pulling only', 'tls', { PLUGIN_SKIP_TLS_VERIFY_PULL: 'true' }, 'REGISTRY_TLS'],
    ['no check of this host', 'tls', { PLUGIN_SKIP_TLS_VERIFY_REGISTRY: 'a.example,harbor.example' }, undefined],
    ['no check of any host', 'tls', { PLUGIN_SKIP_TLS_VERIFY_REGISTRY: 'true' }, undefined],
    ['no certificate where one is wanted', 'mutual', { PLUGIN_REGISTRY_CERTIFICATE: 'harbor.example=ca.pem' }, 'REGISTRY_CLIENT_CERTIFICATE'],
    [
      'a certificate of its own',
      'mutual',
      { PLUGIN_REGISTRY_CERTIFICATE: 'harbor.example=ca.pem', PLUGIN_REGISTRY_CLIENT_CERT: 'harbor.example=c.pem,k.pem' },
      undefined,
    ],
    ['TLS where there is none', 'plain', {}, 'REGISTRY_UNREACHABLE'],
    ['plain HTTP when pushing', 'plain', { PLUGIN_INSECURE: 'true' }, undefined],
    ['plain HTTP for this host', 'plain', { PLUGIN_INSECURE_REGISTRY: 'harbor.example' }, undefined],
    ['a certificate that is not there', 'tls', { PLUGIN_REGISTRY_CERTIFICATE: 'harbor.example=none.pem' }, 'STEP_FILE_UNREADABLE'],
  ] as const)('%s', async (_name, which, env, code) => {
    const hosts = [{ match: 'harbor.example', endpoint: servers[which].host }]
    const step: ImageStep = { spec: { connectorRef: 'own', repo: 'harbor.example/a/b', tags: ['1'] }, env }
    const ran = await run({ connectors: { own: dockerConnector('https://harbor.example') }, hosts, step, files: files() })
    expect([ran.code, ran.said]).toEqual([code === undefined ? 0 : 1, expect.stringContaining(code ?? 'harbor.example/a/b:1')])
  })
})

/** The registry contract, and what belongs to it, against Debian's docker-registry: plain, with passwords, over TLS, with tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseLogin } from '../../../src/adapters/registry-auth/choose-login.ts'
import { machineLogins } from '../../../src/adapters/registry-auth/machine-logins.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { validate } from '../../../src/oci/validate.ts'
import type { RegistryAuth } from '../../../src/ports/registry-auth.ts'
import { deliver } from '../../../src/registry/deliver.ts'
import type { HostMapping } from '../../../src/registry/endpoint.ts'
import { pull } from '../../../src/registry/pull.ts'
import { push } from '../../../src/registry/push.ts'
import { listTags } from '../../../src/registry/tags.ts'
import { real } from '../../support/real.ts'
import { fixedCredentials, hastyClock, testClient } from '../../support/registry/embedded.ts'
import { registryContract } from '../../support/registry/registry-contract.ts'
import { promised } from '../../support/skip.ts'
import { type Authority, makeAuthority, type Pair } from './certificates.ts'
import { type RealRegistry, type RealRegistryOptions, startRegistry } from './start-registry.ts'
import { startTokenServer, type TokenServer, type TokenServerOptions } from './token-server.ts'

const program = real('docker-registry', { apt: 'docker-registry' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const options = program.missing === undefined ? openssl.options : promised('ci', program.options)
const signal = new AbortController().signal
/** `s:cret` of the user ann. */
const htpasswd = 'ann:$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy\n'

let count = 0
const freshRepository = (owner = 'acme') => `${owner}/app-${++count}`

interface Started {
  readonly registry: string
  readonly pair: Pair
  readonly authority: Authority
  readonly client: (o?: { readonly auth?: RegistryAuth; readonly hosts?: readonly HostMapping[] }) => ReturnType<typeof testClient>
}

/** One registry for all tests of a suite. */
function registryFor(
  configure: (pair: Pair, authority: Authority) => RealRegistryOptions,
  hosts: (started: Started) => Omit<HostMapping, 'match'> = () => ({}),
): () => Started {
  let authority: Authority
  let server: RealRegistry
  let pair: Pair
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    pair = authority.issue('registry')
    server = await startRegistry(program.path, configure(pair, authority))
  })
  afterAll(async () => {
    await server?.stop()
    authority?.remove()
  })
  const started = (): Started => ({
    registry: server.host,
    pair,
    authority,
    client: (o = {}) => testClient({ hosts: [{ match: server.host, ...hosts(started()) }], ...o }),
  })
  return started
}

describe('docker-registry, open', options, () => {
  const started = registryFor(() => ({}))
  registryContract('docker-registry', async () => ({ registry: started().registry, client: started().client(), freshRepository }))

  it('lists all tags, in an order of its own', async () => {
    const to = { registry: started().registry, repository: freshRepository() }
    const client = started().client()
    const tags = Array.from({ length: 25 }, (_, i) => `t${String(i).padStart(2, '0')}`)
    await push(await randomImage(), { ...to, tags }, { client, signal })
    expect((await Array.fromAsync(listTags(client.repository(to, ['pull']), { signal }))).toSorted()).toEqual(tags)
  })

  it('is a mirror in front of another registry', async () => {
    const { registry } = started()
    const mirrored = testClient({ hosts: [{ match: 'hub.test', endpoint: 'http://127.0.0.1:1', mirrors: [`http://${registry}/hub`] }] })
    const image = await randomImage({ seed: 4 })
    await push(image, { registry, repository: 'hub/acme/app', tags: ['1'] }, { client: started().client(), signal })
    expect(await validate(await pull({ registry: 'hub.test', repository: 'acme/app', tag: '1' }, { client: mirrored, signal }), { signal })).toEqual([])
  })

  it('keeps an existing tag when asked to', async () => {
    const to = { registry: started().registry, repository: freshRepository(), tag: '1' }
    const client = started().client()
    const [one, two] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
    await deliver(one, [to], { client, signal })
    expect((await deliver(two, [to], { client, signal, skipExisting: true }))[0]).toMatchObject({ kind: 'skipped', digest: await one.digest() })
  })
})

describe('docker-registry, read-only', options, () => {
  const started = registryFor(() => ({ readOnly: true }))

  it('is told apart from one that wants pieces', async () => {
    const to = { registry: started().registry, repository: 'a', tags: ['1'] }
    await expect(push(await randomImage(), to, { client: started().client(), signal })).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
  })
})

describe('docker-registry with passwords', options, () => {
  const started = registryFor(() => ({ htpasswd }))
  const ann = fixedCredentials({ kind: 'basic', username: 'ann', password: 's:cret' })
  registryContract('docker-registry with htpasswd', async () => ({ registry: started().registry, client: started().client({ auth: ann }), freshRepository }))

  it('turns away those without and those with a wrong one', async () => {
    const to = { registry: started().registry, repository: 'a', tags: ['1'] }
    const wrong = fixedCredentials({ kind: 'basic', username: 'ann', password: 'guess-me' })
    for (const client of [started().client(), started().client({ auth: wrong })]) {
      const failure = await push(await randomImage(), to, { client, signal }).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
      expect(String(failure)).not.toContain('guess-me')
    }
  })
})

describe('docker-registry over TLS', options, () => {
  const started = registryFor(
    (tls) => ({ tls }),
    ({ authority }) => ({ ca: authority.cert, plainHttp: false }),
  )
  registryContract('docker-registry over TLS', async () => ({ registry: started().registry, client: started().client(), freshRepository }))

  it.each([
    ['no authority', {}, 'REGISTRY_TLS'],
    ['verification skipped', { skipVerify: true }, undefined],
    ['plain HTTP', { plainHttp: true }, 'REGISTRY_REFUSED'],
  ])('with %s', async (_name, mapping, code) => {
    const { registry } = started()
    const client = testClient({ hosts: [{ match: registry, plainHttp: false, ...mapping }] })
    const failure = await push(await randomImage(), { registry, repository: freshRepository(), tags: ['1'] }, { client, signal }).catch(
      (error: unknown) => error,
    )
    if (code === undefined) expect(failure).toMatchObject({ digest: await (await randomImage()).digest() })
    else expect(failure).toMatchObject({ code })
  })
})

describe('docker-registry that wants client certificates', options, () => {
  const started = registryFor(
    (tls, authority) => ({ tls, clientAuthority: authority.certFile }),
    ({ authority }) => ({ ca: authority.cert, plainHttp: false }),
  )

  it('takes one of its authority, and says what it misses otherwise', async () => {
    const { registry, authority, client } = started()
    const to = { registry, repository: freshRepository(), tag: '1', tags: ['1'] }
    const own = authority.issue('client')
    const trusted = { match: registry, plainHttp: false, ca: authority.cert }
    const good = testClient({ hosts: [{ ...trusted, clientCert: own.cert, clientKey: own.key }] })
    await push(await randomImage(), to, { client: good, signal })
    expect(await validate(await pull(to, { client: good, signal }), { signal })).toEqual([])
    const stranger = makeAuthority(openssl.path, 'stranger')
    const foreign = stranger.issue('client')
    stranger.remove()
    for (const bad of [client(), testClient({ hosts: [{ ...trusted, clientCert: foreign.cert, clientKey: foreign.key }] })]) {
      await expect(pull(to, { client: bad, signal })).rejects.toMatchObject({ code: 'REGISTRY_CLIENT_CERTIFICATE' })
    }
  })
})

describe('docker-registry with tokens', options, () => {
  const users = {
    ann: { password: 's:cret', prefix: 'ann/', refreshToken: 'refresh-ann' },
    bob: { password: 'b0b', prefix: 'bob/' },
    all: { password: 'a11', prefix: '' },
  }
  const names = { issuer: 'slipway test', service: 'registry of the test' }
  let tokens: TokenServer
  let strict: TokenServer
  let servers: readonly RealRegistry[]
  let authority: Authority
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    const make = (o: Partial<TokenServerOptions>) => startTokenServer({ pair: authority.issue('tokens'), ...names, users, ...o })
    tokens = await make({})
    strict = await make({ strict: true })
    const start = ({ realm }: TokenServer) => startRegistry(program.path, { token: { realm, ...names, rootcertbundle: authority.certFile } })
    servers = [await start(tokens), await start(strict)]
  })
  afterAll(async () => {
    for (const server of [tokens, strict, ...(servers ?? [])]) await server?.stop()
    authority?.remove()
  })
  const host = (which = 0) => servers[which]?.host ?? expect.fail('registry')
  const login = (username: keyof typeof users) => ({ username, password: users[username].password })
  const twoUsers = (registry: string) =>
    testClient({
      auth: chooseLogin({
        sources: machineLogins({
          env: { SLIPWAY_REGISTRY_AUTH: JSON.stringify({ [`${registry}/ann`]: login('ann'), [`${registry}/bob`]: login('bob') }) },
          clock: hastyClock,
        }),
      }),
    })

  registryContract('docker-registry with a token service', async () => ({
    registry: host(),
    client: testClient({ auth: fixedCredentials({ kind: 'basic', ...login('all') }) }),
    freshRepository,
  }))

  it('serves a whole push with two tokens at most, and found nothing wrong with any request', async () => {
    tokens.given.length = 0
    const auth = fixedCredentials({ kind: 'basic', ...login('ann') })
    await push(await randomImage({ layers: 5 }), { registry: host(), repository: 'ann/app', tags: ['1', '2'] }, { client: testClient({ auth }), signal })
    expect(tokens.given).toEqual(['ann: repository:ann/app:pull,push'])
    expect([tokens.faults, strict.faults]).toEqual([[], []])
  })

  it('takes a refresh token', async () => {
    tokens.given.length = 0
    const auth = fixedCredentials({ kind: 'identity-token', token: 'refresh-ann' })
    await push(await randomImage(), { registry: host(), repository: 'ann/refreshed', tags: ['1'] }, { client: testClient({ auth }), signal })
    expect(tokens.given).toEqual(['ann: repository:ann/refreshed:pull,push'])
    const wrong = testClient({ auth: fixedCredentials({ kind: 'identity-token', token: 'stolen-token' }) })
    const failure = await push(await randomImage(), { registry: host(), repository: 'ann/x', tags: ['1'] }, { client: wrong, signal }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 'REGISTRY_TOKEN_REFUSED' })
    expect(String(failure)).not.toContain('stolen-token')
  })

  it.each([
    ['grants what it can', 0],
    ['refuses all for one scope', 1],
  ])('knows two users of one host, each with a path, where the service %s', async (_name, which) => {
    const registry = host(which)
    const image = await randomImage({ layers: 2 })
    const refs = ['ann/one', 'bob/two', 'ann/three'].map((repository) => ({ registry, repository, tag: '1' }))
    const results = await deliver(image, refs, { client: twoUsers(registry), signal })
    expect(results.map((result) => (result.kind === 'failed' ? result.problem.message : result.digest))).toEqual(Array(3).fill(await image.digest()))
    // Blobs of ann are not for bob to mount: they were sent again.
    expect(results.map((result) => result.kind === 'delivered' && result.pushed.blobs.mounted)).toEqual([0, 0, 3])
    for (const ref of refs) expect(await validate(await pull(ref, { client: twoUsers(registry), signal }), { signal })).toEqual([])
  })

  it('gives anonymous tokens for what is public, and says no to the rest', async () => {
    const image = await randomImage()
    const to = { registry: host(), repository: 'public/app', tag: '1', tags: ['1'] }
    await push(image, to, { client: testClient({ auth: fixedCredentials({ kind: 'basic', ...login('all') }) }), signal })
    expect(await (await pull(to, { client: testClient(), signal })).digest()).toBe(await image.digest())
    await expect(push(await randomImage({ seed: 3 }), to, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
    await expect(pull({ ...to, repository: 'ann/app' }, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
    const other = push(
      await randomImage(),
      { ...to, repository: 'bob/app' },
      { client: testClient({ auth: fixedCredentials({ kind: 'basic', ...login('ann') }) }), signal },
    )
    await expect(other).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
  })
})

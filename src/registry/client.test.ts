/** The client's manners, against scripts: proof of who asks, retries, redirects, refusals. */
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../test/support/fake-clock.ts'
import { fixedCredentials, hastyClock, noCredentials } from '../../test/support/registry/embedded.ts'
import { type Line, scriptedHttp } from '../../test/support/registry/scripted-http.ts'
import type { Clock } from '../base/clock.ts'
import { digestOf } from '../oci/digest.ts'
import { mediaTypes } from '../oci/media-types.ts'
import type { Credentials, RegistryAuth } from '../ports/registry-auth.ts'
import { hasBlob, putBlob } from './blobs.ts'
import { parseChallenges } from './challenge.ts'
import { createRegistryClient } from './client.ts'
import { endpointOf, matchesHost } from './endpoint.ts'
import { findManifest, getManifest, putManifest } from './manifests.ts'
import { listTags } from './tags.ts'

const signal = new AbortController().signal
const o = { signal }
const blob = digestOf('x')
const bearer = { 'www-authenticate': 'Bearer realm="https://auth.r.io/token",service="r.io",scope="repository:app:pull"' }
const faultOf = (code: string, message = '') => ({ errors: [{ code, message }] })

function scripted(lines: readonly Line[], { credentials, clock = hastyClock }: { credentials?: Credentials; clock?: Clock } = {}) {
  const http = scriptedHttp(lines)
  const auth = credentials === undefined ? noCredentials() : fixedCredentials(credentials)
  const client = createRegistryClient({ send: http.send, auth, clock })
  return { ...http, client, repository: client.repository({ registry: 'r.io', repository: 'app' }, ['pull', 'push']) }
}

describe('an upload', () => {
  it('stays on TLS where the registry names itself without, behind a proxy', async () => {
    const { seen, repository } = scripted([
      { on: 'POST', status: 202, headers: { location: 'http://r.io/v2/app/blobs/uploads/1?state=x' } },
      { on: 'PUT', status: 201 },
    ])
    const body = { size: 1, open: async () => Readable.from([Buffer.from('x')], { objectMode: false }) }
    await putBlob(repository, { mediaType: '', digest: blob, size: 1 }, body, o)
    expect([seen[1]?.origin, seen[1]?.line]).toEqual(['https://r.io', expect.stringContaining('PUT /v2/app/blobs/uploads/1?state=x&digest=')])
  })
})

describe('authentication', () => {
  it('asks for credentials again when they have ended, before the registry has to say so', async () => {
    const clock = fakeClock()
    const http = scriptedHttp([
      { on: 'HEAD', status: 401, headers: { 'www-authenticate': 'Basic realm="r"' }, times: 1 },
      { on: 'HEAD', status: 200, times: 2 },
      { on: 'HEAD', status: 401, headers: { 'www-authenticate': 'Basic realm="r"' }, times: 1 },
      { on: 'HEAD', status: 200 },
    ])
    let asked = 0
    const auth: RegistryAuth = {
      name: 'a cloud',
      credentialsFor: async () => ({ kind: 'basic', username: 'AWS', password: `p${++asked}`, until: clock.now() + 3_600_000 }),
    }
    const repository = createRegistryClient({ send: http.send, auth, clock }).repository({ registry: 'r.io', repository: 'app' }, ['pull'])
    await hasBlob(repository, blob, o)
    await hasBlob(repository, blob, o)
    expect(asked).toBe(1)
    await clock.advance(3_600_001)
    await hasBlob(repository, blob, o)
    expect(asked).toBe(2)
    // The old header was not sent once more.
    const old = `Basic ${Buffer.from('AWS:p1').toString('base64')}`
    expect(http.seen.map(({ headers }) => headers['authorization'] === old)).toEqual([false, true, true, false, false])
  })

  it('fetches one anonymous token and uses it again for all that the token covers', async () => {
    const { seen, client, repository } = scripted([
      { on: 'GET /token', body: { token: 't1', expires_in: 300 } },
      { on: 'HEAD', status: 401, headers: bearer, times: 1 },
      { on: 'HEAD', status: 200 },
    ])
    await hasBlob(repository, blob, o)
    await hasBlob(repository, digestOf('y'), o)
    await hasBlob(client.repository({ registry: 'r.io', repository: 'app' }, ['pull']), blob, o)
    expect(seen.map((one) => one.line.split('?')[0])).toEqual([
      `HEAD /v2/app/blobs/${blob}`,
      'GET /token',
      `HEAD /v2/app/blobs/${blob}`,
      `HEAD /v2/app/blobs/${digestOf('y')}`,
      `HEAD /v2/app/blobs/${blob}`,
    ])
    expect(new URL(`http://x${seen[1]?.line.slice(4)}`).searchParams.getAll('scope')).toEqual(['repository:app:pull,push'])
    expect(seen[1]?.headers['authorization']).toBeUndefined()
    expect(seen.slice(2).map((one) => one.headers['authorization'])).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t1'])
  })

  it('asks anew when the token has expired', async () => {
    const clock = fakeClock()
    const { seen, repository } = scripted(
      [
        { on: 'GET /token', body: { access_token: 't', expires_in: 100 } },
        { on: 'HEAD', status: 401, headers: bearer, times: 1 },
        { on: 'HEAD', times: 1 },
        { on: 'HEAD', status: 401, headers: bearer, times: 1 },
        { on: 'HEAD' },
      ],
      { clock },
    )
    await hasBlob(repository, blob, o)
    await clock.advance(95_000)
    await hasBlob(repository, blob, o)
    expect(seen.filter((one) => one.line.startsWith('GET /token')).length).toBe(2)
    expect(seen[3]?.headers['authorization']).toBeUndefined()
  })

  it('sends user and password to the token service only', async () => {
    const { seen, repository } = scripted(
      [{ on: 'GET /token', body: { token: 't1' } }, { on: 'HEAD', status: 401, headers: bearer, times: 1 }, { on: 'HEAD' }],
      { credentials: { kind: 'basic', username: 'ann', password: 'pw' } },
    )
    await hasBlob(repository, blob, o)
    const basic = `Basic ${Buffer.from('ann:pw').toString('base64')}`
    expect(seen.map((one) => [one.origin, one.headers['authorization']])).toEqual([
      ['https://r.io', undefined],
      ['https://auth.r.io', basic],
      ['https://r.io', 'Bearer t1'],
    ])
  })

  it('trades an identity token by POST', async () => {
    const { seen, repository } = scripted(
      [{ on: 'POST /token', body: { access_token: 't1' } }, { on: 'HEAD', status: 401, headers: bearer, times: 1 }, { on: 'HEAD' }],
      { credentials: { kind: 'identity-token', token: 'id' } },
    )
    await hasBlob(repository, blob, o)
    expect(Object.fromEntries(new URLSearchParams(seen[1]?.body))).toMatchObject({
      grant_type: 'refresh_token',
      refresh_token: 'id',
      service: 'r.io',
      scope: 'repository:app:pull,push',
    })
  })

  it('does not send credentials in the clear', async () => {
    const headers = { 'www-authenticate': 'Bearer realm="http://auth.r.io/token"' }
    const { seen, repository } = scripted([{ on: 'HEAD', status: 401, headers }], { credentials: { kind: 'basic', username: 'ann', password: 'pw' } })
    await expect(hasBlob(repository, blob, o)).rejects.toMatchObject({ code: 'REGISTRY_INSECURE_TOKEN' })
    expect(seen.length).toBe(1)
  })

  it('shares one token among requests that are refused together', async () => {
    const { seen, repository } = scripted([{ on: 'GET /token', body: { token: 't' } }, { on: 'HEAD', status: 401, headers: bearer, times: 5 }, { on: 'HEAD' }])
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => hasBlob(repository, digestOf(text), o)))
    expect(seen.filter((one) => one.line.startsWith('GET /token')).length).toBe(1)
  })

  it('says who refused when the token service does, without the secret', async () => {
    const { repository } = scripted(
      [
        { on: 'GET /token', status: 401, body: faultOf('UNAUTHORIZED', 'password pw-123 is wrong') },
        { on: 'HEAD', status: 401, headers: bearer },
      ],
      { credentials: { kind: 'basic', username: 'ann', password: 'pw-123' } },
    )
    const failure = await hasBlob(repository, blob, o).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'REGISTRY_TOKEN_REFUSED', message: expect.stringContaining('password *** is wrong') })
  })

  it('says that there are no credentials when a password is wanted', async () => {
    const { repository } = scripted([{ on: 'HEAD', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }])
    await expect(hasBlob(repository, blob, o)).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED', message: expect.stringContaining('no credentials') })
  })

  it.each([
    ['Basic realm="a"', [['basic', { realm: 'a' }]]],
    [
      'Bearer realm="https://a/b?c=d,e",service=x, scope="repository:a:pull,push"',
      [['bearer', { realm: 'https://a/b?c=d,e', service: 'x', scope: 'repository:a:pull,push' }]],
    ],
    [
      'Negotiate, Basic realm="a \\"b\\""',
      [
        ['negotiate', {}],
        ['basic', { realm: 'a "b"' }],
      ],
    ],
    ['', []],
    [',,,=', []],
  ])('reads the challenge %j', (header, expected) => {
    expect(parseChallenges([header]).map(({ scheme, parameters }) => [scheme, parameters])).toEqual(expected)
  })
})

describe('retries', () => {
  it('wait as long as the registry asks', async () => {
    const clock = fakeClock()
    const { seen, repository } = scripted([{ on: 'HEAD', status: 429, headers: { 'retry-after': '7' }, times: 1 }, { on: 'HEAD' }], { clock })
    const answer = hasBlob(repository, blob, o)
    await clock.advance(6_900)
    expect(seen.length).toBe(1)
    await clock.advance(200)
    expect(await answer).toBe(true)
  })

  it('take Retry-After as a date too, and give up when it is too far', async () => {
    const clock = fakeClock(Date.UTC(2030, 0, 1))
    const far = scripted([{ on: 'HEAD', status: 503, headers: { 'retry-after': new Date(Date.UTC(2030, 0, 2)).toUTCString() } }], { clock })
    await expect(hasBlob(far.repository, blob, o)).rejects.toMatchObject({ code: 'REGISTRY_FAILED' })
    expect(far.seen.length).toBe(1)
  })

  it('outlast a storm and then give up with one clear error', async () => {
    const calm = scripted([{ on: 'HEAD', status: 503, times: 4 }, { on: 'HEAD' }])
    expect(await hasBlob(calm.repository, blob, o)).toBe(true)
    const storm = scripted([{ on: 'HEAD', status: 502 }])
    await expect(hasBlob(storm.repository, blob, o)).rejects.toMatchObject({ code: 'REGISTRY_FAILED', retryable: true })
    expect(storm.seen.length).toBe(5)
  })

  it('are not made for refusals', async () => {
    const { seen, repository } = scripted([{ on: 'HEAD', status: 403 }])
    await expect(hasBlob(repository, blob, o)).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
    expect(seen.length).toBe(1)
  })

  it('begin an upload again from its start, and open the body anew', async () => {
    const cut = Object.assign(new Error('socket'), { code: 'ECONNRESET' })
    const { seen, repository } = scripted([
      { on: 'POST', status: 202, headers: { location: '/v2/app/blobs/uploads/1?state=a%2Fb' } },
      { on: 'PUT', fails: cut, times: 1 },
      { on: 'PUT', status: 404, body: faultOf('BLOB_UPLOAD_UNKNOWN'), times: 1 },
      { on: 'PUT', status: 201 },
    ])
    let opened = 0
    const open = async () => {
      opened++
      return Readable.from([Buffer.from('x')], { objectMode: false })
    }
    const body = { size: 1, open }
    expect(await putBlob(repository, { mediaType: '', digest: blob, size: 1 }, body, o)).toBe('uploaded')
    expect([opened, seen.filter((one) => one.line.startsWith('POST')).length]).toEqual([3, 3])
    expect(seen[1]?.line).toBe(`PUT /v2/app/blobs/uploads/1?state=a%2Fb&digest=${encodeURIComponent(blob)}`)
  })

  it('end when the signal aborts', async () => {
    const abort = new AbortController()
    const { repository } = scripted([{ on: 'HEAD', status: 503 }], { clock: fakeClock() })
    const answer = hasBlob(repository, blob, { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('enough')), 20)
    await expect(answer).rejects.toThrow('enough')
  })

  it.each([
    ['ENOTFOUND', 'REGISTRY_UNREACHABLE', 'the name is not known', 1],
    ['ECONNREFUSED', 'REGISTRY_UNREACHABLE', 'nothing listens there', 5],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'REGISTRY_TLS', 'self-signed', 1],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'REGISTRY_UNREACHABLE', 'plainHttp', 1],
  ])('tell %s as %s', async (code, expected, reason, tries) => {
    const { seen, repository } = scripted([{ on: 'HEAD', fails: Object.assign(new Error('self-signed'), { code }) }])
    await expect(hasBlob(repository, blob, o)).rejects.toMatchObject({ code: expected, message: expect.stringContaining(reason) })
    expect(seen.length).toBe(tries)
  })
})

describe('redirects', () => {
  const manifest = Buffer.from('{"schemaVersion":2,"manifests":[]}')

  it('are followed without telling the other host who asks', async () => {
    const { seen, repository } = scripted(
      [
        { on: 'GET /v2/app/manifests/1', status: 401, headers: { 'www-authenticate': 'Basic' }, times: 1 },
        { on: 'GET /v2/app/manifests/1', status: 307, headers: { location: 'https://cdn.io/x?sig=secret' } },
        { on: 'GET /x', body: manifest },
      ],
      { credentials: { kind: 'basic', username: 'a', password: 'b' } },
    )
    expect((await getManifest(repository, '1', o)).bytes).toEqual(manifest)
    expect(seen.map((one) => [one.origin, one.headers['authorization'] !== undefined])).toEqual([
      ['https://r.io', false],
      ['https://r.io', true],
      ['https://cdn.io', false],
    ])
  })

  it('do not lead from TLS to plain HTTP, nor round in circles', async () => {
    const down = scripted([{ on: 'GET', status: 302, headers: { location: 'http://r.io/x' } }])
    await expect(getManifest(down.repository, '1', o)).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' })
    const circle = scripted([{ on: 'GET', status: 302, headers: { location: '/v2/app/manifests/1' } }])
    await expect(getManifest(circle.repository, '1', o)).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' })
  })

  it('take signatures out of error messages', async () => {
    const { repository } = scripted([
      { on: 'GET /v2/', status: 307, headers: { location: 'https://cdn.io/x?sig=secret' } },
      { on: 'GET /x', status: 403, body: Buffer.from('<html><title>Forbidden</title>') },
    ])
    const failure = await getManifest(repository, '1', o).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'REGISTRY_DENIED', message: expect.stringContaining('Forbidden') })
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret')
  })
})

describe('refusals', () => {
  const image = { mediaType: mediaTypes.ociManifest, bytes: Buffer.from('{}') }

  it.each([
    [
      'ECR',
      400,
      faultOf('TAG_INVALID', "The image tag '1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable."),
    ],
    ['Harbor', 412, faultOf('PRECONDITION', "Failed to process request due to 'app:1' configured as immutable.")],
    ['GAR', 400, faultOf('MANIFEST_INVALID', 'cannot update tag 1. The repository has enabled tag immutability')],
    ['Quay', 409, faultOf('TAG_IMMUTABLE', 'tag is immutable')],
    ['Quay 3.17', 409, faultOf('UNKNOWN', 'tag is immutable and cannot be overwritten')],
    [
      'ECR since 2025',
      400,
      faultOf('TAG_INVALID', "The image tag '1' already exists in the 'app' repository and cannot be overwritten because the tag is immutable."),
    ],
    ['ACR', 405, faultOf('REGISTRY_DISALLOWED_OPERATION', 'The operation is disallowed on this registry, repository or image.')],
    ['Mirantis', 403, faultOf('UNKNOWN', 'tag=1 cannot be overwritten because r.example/app is an immutable repository')],
    ['Alibaba', 409, faultOf('DENIED', 'The requested tag already exists and cannot be overwritten.')],
    ['JFrog', 403, faultOf('DENIED', 'not enough permissions to overwrite artifact')],
  ])('of %s for an immutable tag are recognised', async (_name, status, body) => {
    const { repository } = scripted([{ on: 'PUT', status, body }])
    await expect(putManifest(repository, '1', image, o)).rejects.toMatchObject({ code: 'REGISTRY_TAG_IMMUTABLE', retryable: false })
  })

  it.each([
    ['DENIED', 403, 'REGISTRY_DENIED'],
    ['NAME_UNKNOWN', 404, 'REGISTRY_NOT_FOUND'],
    ['UNAUTHORIZED', 403, 'REGISTRY_UNAUTHORIZED'],
    ['MANIFEST_INVALID', 400, 'REGISTRY_REFUSED'],
    ['TOOMANYREQUESTS', 429, 'REGISTRY_RATE_LIMITED'],
    ['UNKNOWN', 500, 'REGISTRY_FAILED'],
  ])('with %s (%i) are %s', async (code, status, expected) => {
    const { repository } = scripted([{ on: 'PUT', status, body: faultOf(code, 'why') }])
    await expect(putManifest(repository, '1', image, o)).rejects.toMatchObject({ code: expected })
  })

  it('include a manifest that the registry stored differently', async () => {
    const { repository } = scripted([{ on: 'PUT', status: 201, headers: { 'docker-content-digest': digestOf('other') } }])
    await expect(putManifest(repository, '1', image, o)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('are not needed to see that bytes are wrong', async () => {
    const { repository } = scripted([{ on: 'GET', body: Buffer.from('tampered') }])
    await expect(getManifest(repository, digestOf('real'), o)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})

describe('answers', () => {
  it('to HEAD without a digest are completed by GET', async () => {
    const body = Buffer.from('{"schemaVersion":2,"manifests":[]}')
    const { repository } = scripted([{ on: 'HEAD' }, { on: 'GET', body }])
    expect(await findManifest(repository, '1', o)).toEqual({ mediaType: mediaTypes.ociIndex, digest: digestOf(body), size: body.length })
  })

  it('in pages are read to the last, on the same host only', async () => {
    const { repository } = scripted([
      { on: 'GET /v2/app/tags/list?n=1000', body: { tags: ['a', 'b'] }, headers: { link: '</v2/app/tags/list?last=b>; rel="next"' } },
      { on: 'GET /v2/app/tags/list?last=b', body: { tags: ['c'] }, headers: { link: '<https://evil.io/x>; rel="next"' } },
    ])
    expect(await Array.fromAsync(listTags(repository, o))).toEqual(['a', 'b', 'c'])
  })
})

describe('hosts', () => {
  it.each([
    ['docker.io', 'https://registry-1.docker.io', ''],
    ['ghcr.io', 'https://ghcr.io', ''],
    ['localhost:5000', 'http://localhost:5000', ''],
    ['127.0.0.1:80', 'http://127.0.0.1', ''],
    ['1.dkr.ecr.eu-west-1.amazonaws.com', 'http://10.0.0.1:5000', 'ecr/team/'],
    ['plain.io', 'http://plain.io', ''],
    ['mirror.io', 'https://m.io:444', ''],
  ])('%s is at %s with the prefix %j', (registry, origin, prefix) => {
    const hosts = [
      { match: '*.dkr.ecr.*.amazonaws.com', endpoint: 'http://10.0.0.1:5000/ecr/team/' },
      { match: 'plain.io', plainHttp: true },
      { match: 'mirror.io', endpoint: 'm.io:444/v2/' },
    ]
    expect(endpointOf(registry, hosts)).toMatchObject({ registry, origin, prefix })
  })

  it.each([
    ['*.dkr.ecr.*.amazonaws.com', '1.dkr.ecr.us-east-1.amazonaws.com', true],
    ['*.dkr.ecr.*.amazonaws.com', 'dkr.ecr.us-east-1.amazonaws.com', false],
    ['*.dkr.ecr.*.amazonaws.com', '1.dkr.ecr.us.amazonaws.com.evil.io', false],
    ['*', 'anything:1', true],
    ['a*a', 'a', false],
    ['GHCR.io', 'ghcr.io', true],
  ])('%s fits %s: %s', (pattern, registry, fits) => expect(matchesHost(pattern, registry)).toBe(fits))

  it.each(['ftp://x', 'https://', 'https://a:b@x'])('refuse the endpoint %s', (endpoint) => {
    expect(() => endpointOf('x', [{ match: 'x', endpoint }])).toThrowError(expect.objectContaining({ code: 'HOSTS_INVALID' }))
  })
})

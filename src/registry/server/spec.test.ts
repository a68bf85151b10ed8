/** The distribution specification, endpoint by endpoint, as any client sees the embedded registry. */
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { codeOf, specClient } from '../../../test/support/registry/spec-client.ts'
import { digestOf } from '../../oci/digest.ts'
import { mediaTypes } from '../../oci/media-types.ts'

const fresh = () => specClient()

describe('the API root', () => {
  it('answers 200 with its version', async () => {
    const { call } = await fresh()
    const answer = await call('GET', '/v2/')
    expect([answer.status, answer.headers.get('docker-distribution-api-version')]).toEqual([200, 'registry/2.0'])
    expect((await call('POST', '/v2/')).status).toBe(405)
    expect((await call('GET', '/v3/')).status).toBe(404)
  })

  it.each(['/v2/UPPER/tags/list', '/v2/a//b/manifests/x', '/v2/-a/tags/list', '/v2/a%2F..%2Fb/tags/list'])('refuses the name in %s', async (path) => {
    const { call } = await fresh()
    const answer = await call('GET', path)
    expect([answer.status, await codeOf(answer)]).toEqual([400, 'NAME_INVALID'])
  })
})

describe('uploads', () => {
  it('go POST, PATCH, PATCH, PUT with ranges that say where they stand', async () => {
    const { call } = await fresh()
    const start = await call('POST', '/v2/a/b/blobs/uploads/')
    expect([start.status, start.headers.get('range')]).toEqual([202, '0-0'])
    const at = start.headers.get('location') ?? ''
    const first = await call('PATCH', at, { body: 'hello ', headers: { 'content-range': '0-5', 'content-type': 'application/octet-stream' } })
    expect([first.status, first.headers.get('range'), first.headers.get('location')]).toEqual([202, '0-5', at])
    const state = await call('GET', at)
    expect([state.status, state.headers.get('range')]).toEqual([204, '0-5'])
    await call('PATCH', at, { body: 'wor', headers: { 'content-range': '6-8' } })
    const end = await call('PUT', `${at}?digest=${digestOf('hello world')}`, { body: 'ld', headers: { 'content-range': '9-10' } })
    expect([end.status, end.headers.get('location'), end.headers.get('docker-content-digest')]).toEqual([
      201,
      `/v2/a/b/blobs/${digestOf('hello world')}`,
      digestOf('hello world'),
    ])
    expect(await (await call('GET', end.headers.get('location') ?? '')).text()).toBe('hello world')
    expect((await call('GET', at)).status).toBe(404)
  })

  it.each([
    ['3-5', 'abc'],
    ['1-3', 'abc'],
    ['0-9', 'abc'],
  ])('refuse the chunk %s out of order with 416 and say where they stand', async (range, body) => {
    const { call } = await fresh()
    const at = (await call('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? ''
    await call('PATCH', at, { body: 'xy', headers: { 'content-range': '0-1' } })
    const answer = await call('PATCH', at, { body, headers: { 'content-range': range } })
    expect([answer.status, answer.headers.get('range')]).toEqual([416, '0-1'])
    expect((await call('PUT', `${at}?digest=${digestOf('xyz')}`, { body: 'z', headers: { 'content-range': '2-2' } })).status).toBe(201)
  })

  it('take a blob in one POST, or in POST and PUT, with sha256 and sha512', async () => {
    const { call, blob } = await fresh()
    await blob('one')
    const at = (await call('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? ''
    const long = digestOf('two', 'sha512')
    expect((await call('PUT', `${at}?digest=${long}`, { body: 'two' })).status).toBe(201)
    expect(await (await call('GET', `/v2/a/b/blobs/${long}`)).text()).toBe('two')
  })

  it('refuse a wrong, a malformed and a missing digest', async () => {
    const { call } = await fresh()
    for (const query of [`?digest=${digestOf('other')}`, '?digest=sha256:abc', '']) {
      const at = (await call('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? ''
      const answer = await call('PUT', `${at}${query}`, { body: 'x' })
      expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
    }
    expect((await call('HEAD', `/v2/a/b/blobs/${digestOf('x')}`)).status).toBe(404)
  })

  it('can be cancelled', async () => {
    const { call } = await fresh()
    const at = (await call('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? ''
    expect((await call('DELETE', at)).status).toBe(204)
    const answer = await call('PATCH', at, { body: 'x' })
    expect([answer.status, await codeOf(answer)]).toEqual([404, 'BLOB_UPLOAD_UNKNOWN'])
    expect((await call('GET', at.replace('/a/b/', '/c/'))).status).toBe(404)
  })

  it('are mounted from another repository, or from anywhere when none is named', async () => {
    const { call, blob } = await fresh()
    const digest = await blob('shared')
    const from = await call('POST', `/v2/c/blobs/uploads/?mount=${digest}&from=a/b`)
    expect([from.status, from.headers.get('location')]).toEqual([201, `/v2/c/blobs/${digest}`])
    expect((await call('POST', `/v2/d/blobs/uploads/?mount=${digest}`)).status).toBe(201)
    expect((await call('HEAD', `/v2/d/blobs/${digest}`)).status).toBe(200)
    expect((await call('POST', `/v2/e/blobs/uploads/?mount=${digest}&from=nobody`)).status).toBe(202)
    expect((await call('HEAD', `/v2/e/blobs/${digest}`)).status).toBe(404)
    expect((await call('POST', `/v2/e/blobs/uploads/?mount=${digestOf('new')}&from=a/b`)).status).toBe(202)
  })

  it('keep what arrived before the connection was cut', async () => {
    const { url, call } = await fresh()
    const at = (await call('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? ''
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(`PATCH ${at} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf`)
    await expect.poll(async () => (await call('GET', at)).headers.get('range'), { timeout: 2000 }).toBe('0-3')
    socket.destroy()
    await expect
      .poll(async () => (await call('PUT', `${at}?digest=${digestOf('half!')}`, { body: '!', headers: { 'content-range': '4-4' } })).status, { timeout: 2000 })
      .toBe(201)
  })
})

describe('blobs', () => {
  it('are read whole, in part and not at all', async () => {
    const { call, blob } = await fresh()
    const digest = await blob('0123456789')
    const head = await call('HEAD', `/v2/a/b/blobs/${digest}`)
    expect([head.status, head.headers.get('content-length'), head.headers.get('docker-content-digest'), await head.text()]).toEqual([200, '10', digest, ''])
    const part = async (range: string) => {
      const answer = await call('GET', `/v2/a/b/blobs/${digest}`, { headers: { range } })
      return [answer.status, answer.headers.get('content-range'), answer.status < 300 ? await answer.text() : '']
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=5-99')).toEqual([206, 'bytes 5-9/10', '56789'])
    expect(await part('bytes=10-')).toEqual([416, 'bytes */10', ''])
    expect(await part('lines=1-2')).toEqual([200, null, '0123456789'])
  })

  it('are deleted from one repository only', async () => {
    const { call, blob } = await fresh()
    const digest = await blob('x')
    await blob('x', 'other')
    expect((await call('DELETE', `/v2/a/b/blobs/${digest}`)).status).toBe(202)
    const gone = await call('GET', `/v2/a/b/blobs/${digest}`)
    expect([gone.status, await codeOf(gone)]).toEqual([404, 'BLOB_UNKNOWN'])
    expect((await call('DELETE', `/v2/a/b/blobs/${digest}`)).status).toBe(404)
    expect((await call('HEAD', `/v2/other/blobs/${digest}`)).status).toBe(200)
    const bad = await call('GET', '/v2/a/b/blobs/sha256:zz')
    expect([bad.status, await codeOf(bad)]).toEqual([400, 'DIGEST_INVALID'])
  })

  it('may be empty', async () => {
    const { call, blob } = await fresh()
    const digest = await blob('')
    expect(await (await call('GET', `/v2/a/b/blobs/${digest}`)).text()).toBe('')
  })
})

describe('manifests', () => {
  it('come back byte-exact under tag and digest', async () => {
    const { call, image } = await fresh()
    const { body, digest, answer } = await image({ name: 'v1' })
    expect([answer.status, answer.headers.get('docker-content-digest'), answer.headers.get('location')]).toEqual([201, digest, `/v2/a/b/manifests/${digest}`])
    for (const name of ['v1', digest]) {
      const got = await call('GET', `/v2/a/b/manifests/${name}`, { headers: { accept: mediaTypes.ociManifest } })
      expect([await got.text(), got.headers.get('content-type'), got.headers.get('docker-content-digest')]).toEqual([body, mediaTypes.ociManifest, digest])
    }
    const head = await call('HEAD', '/v2/a/b/manifests/v1')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)])
  })

  it('are given only to those who accept their type', async () => {
    const { call, image } = await fresh()
    await image({ name: 'v1' })
    const ask = async (accept: string) => (await call('GET', '/v2/a/b/manifests/v1', { headers: { accept } })).status
    expect(await Promise.all([mediaTypes.dockerManifest, `${mediaTypes.dockerManifest}, ${mediaTypes.ociManifest};q=0.5`, '*/*'].map(ask))).toEqual([
      404, 200, 200,
    ])
  })

  it('are refused when they are wrong', async () => {
    const { call, image } = await fresh()
    const put = async (body: string, o: { name?: string; type?: string } = {}) => {
      const answer = await call('PUT', `/v2/a/b/manifests/${o.name ?? 'x'}`, { body, headers: { 'content-type': o.type ?? mediaTypes.ociManifest } })
      return [answer.status, await codeOf(answer)]
    }
    const { body } = await image()
    expect(await put('nonsense')).toEqual([400, 'MANIFEST_INVALID'])
    expect(await put(body, { name: digestOf('other') })).toEqual([400, 'DIGEST_INVALID'])
    expect(await put(body, { name: '.bad' })).toEqual([400, 'MANIFEST_INVALID'])
    expect(await put(body, { type: mediaTypes.ociIndex })).toEqual([400, 'MANIFEST_INVALID'])
    expect(await put(body, { type: 'text/plain' })).toEqual([400, 'MANIFEST_INVALID'])
    expect(await put(body.replace(/sha256:[0-9a-f]{64}/, digestOf('missing')))).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect(
      await put(JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType: mediaTypes.ociManifest, digest: digestOf('missing'), size: 1 }] }), {
        type: mediaTypes.ociIndex,
      }),
    ).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
    expect(await put(`${body}${' '.repeat(5 * 1024 * 1024)}`)).toEqual([413, 'SIZE_INVALID'])
  })

  it('are deleted by tag, leaving the manifest, and by digest, taking the tags', async () => {
    const { call, image } = await fresh()
    const { digest } = await image({ name: 'v1' })
    await image({ name: 'v2' })
    expect((await call('DELETE', '/v2/a/b/manifests/v1')).status).toBe(202)
    expect([(await call('GET', '/v2/a/b/manifests/v1')).status, (await call('GET', `/v2/a/b/manifests/${digest}`)).status]).toEqual([404, 200])
    expect((await call('DELETE', `/v2/a/b/manifests/${digest}`)).status).toBe(202)
    expect((await call('GET', '/v2/a/b/manifests/v2')).status).toBe(404)
    const again = await call('DELETE', `/v2/a/b/manifests/${digest}`)
    expect([again.status, await codeOf(again)]).toEqual([404, 'MANIFEST_UNKNOWN'])
    expect((await call('POST', '/v2/a/b/manifests/v1')).status).toBe(405)
  })
})

describe('lists', () => {
  it('of tags are sorted and come in pages', async () => {
    const { call, image } = await fresh()
    for (const name of ['c', 'a', 'b']) await image({ name })
    const get = async (path: string) => {
      const answer = await call('GET', path)
      return [((await answer.json()) as { tags?: string[] }).tags, answer.headers.get('link')]
    }
    expect(await get('/v2/a/b/tags/list')).toEqual([['a', 'b', 'c'], null])
    expect(await get('/v2/a/b/tags/list?n=2')).toEqual([['a', 'b'], '</v2/a/b/tags/list?n=2&last=b>; rel="next"'])
    expect(await get('/v2/a/b/tags/list?n=2&last=b')).toEqual([['c'], null])
    expect(await get('/v2/a/b/tags/list?n=0')).toEqual([[], null])
    expect((await call('GET', '/v2/a/b/tags/list?n=x')).status).toBe(400)
    const none = await call('GET', '/v2/none/tags/list')
    expect([none.status, await codeOf(none)]).toEqual([404, 'NAME_UNKNOWN'])
  })

  it('of repositories come in pages too', async () => {
    const { call, image } = await fresh()
    for (const repository of ['b', 'a', 'a/c']) await image({ repository })
    expect(await (await call('GET', '/v2/_catalog')).json()).toEqual({ repositories: ['a', 'a/c', 'b'] })
    expect((await call('GET', '/v2/_catalog?n=1&last=a')).headers.get('link')).toContain('last=a%2Fc')
  })

  it('of referrers tell who refers, by type when asked', async () => {
    const { call, image } = await fresh()
    const { digest, body } = await image({ name: 'v1' })
    const subject = { mediaType: mediaTypes.ociManifest, digest, size: body.length }
    const sbom = await image({ extra: { subject, artifactType: 'application/sbom', annotations: { a: 'b' } } })
    const plain = await image({ config: '{"x":1}', extra: { subject } })
    expect(sbom.answer.headers.get('oci-subject')).toBe(digest)
    const get = async (query: string) => {
      const answer = await call('GET', `/v2/a/b/referrers/${digest}${query}`)
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, mediaTypes.ociIndex])
      const { manifests } = (await answer.json()) as { manifests: { digest: string; artifactType: string; annotations?: object }[] }
      return { manifests, filtered: answer.headers.get('oci-filters-applied') }
    }
    const all = await get('')
    expect(new Set(all.manifests.map((one) => one.digest))).toEqual(new Set([sbom.digest, plain.digest]))
    const some = await get('?artifactType=application/sbom')
    expect(some).toMatchObject({ filtered: 'artifactType', manifests: [{ digest: sbom.digest, artifactType: 'application/sbom', annotations: { a: 'b' } }] })
    await call('DELETE', `/v2/a/b/manifests/${sbom.digest}`)
    expect((await get('')).manifests.map((one) => [one.digest, one.artifactType])).toEqual([[plain.digest, mediaTypes.ociConfig]])
    expect(await (await call('GET', `/v2/a/b/referrers/${digestOf('nobody')}`)).json()).toMatchObject({ manifests: [] })
    expect((await call('GET', '/v2/a/b/referrers/x')).status).toBe(400)
  })
})

/** Real connections that break: complete or one clear error, never a tag on something incomplete. */

import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { fixedCredentials, testClient } from '../../test/support/registry/embedded.ts'
import { cut, sabotaged } from '../../test/support/registry/sabotaged.ts'
import { digestOf } from '../oci/digest.ts'
import { collect } from '../oci/join.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { openBlob } from './blobs.ts'
import { deliver } from './deliver.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'

const signal = new AbortController().signal

describe('a push', () => {
  it.each([
    ['before the upload starts', cut((r) => r.method === 'POST', 2)],
    ['in the middle of a blob', cut((r) => r.method === 'PUT' && Number(r.headers['content-length']) > 100_000, 2, 100_000)],
    ['in the manifest', cut((r) => r.method === 'PUT' && r.url?.includes('/manifests/') === true, 1, 10)],
    ['when asked for blobs', cut((r) => r.method === 'HEAD', 3)],
  ])('that is cut %s is completed', async (_name, sabotage) => {
    const registry = await sabotaged(sabotage)
    const image = await randomImage({ layers: 2, bytes: 500_000 })
    const to = { registry, repository: 'a', tag: '1', tags: ['1'] }
    await push(image, to, { client: testClient(), signal })
    expect(await validate(await pull(to, { client: testClient(), signal }), { signal })).toEqual([])
  })

  it('that is cut for good ends with one error and moves no tag', async () => {
    const registry = await sabotaged(cut((r) => r.method === 'PUT' && r.url?.includes('/blobs/') === true, Number.POSITIVE_INFINITY, 100))
    const to = { registry, repository: 'a', tag: '1', tags: ['1'] }
    const client = testClient()
    await expect(push(await randomImage({ bytes: 200_000 }), to, { client, signal })).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    await expect(pull(to, { client, signal })).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  it('whose proof expires in the middle of an upload gives it again', async () => {
    let refused = 0
    const registry = await sabotaged((request, response) => {
      if (request.method !== 'PUT' || refused > 0) return false
      refused++
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      return true
    })
    const client = testClient({ auth: fixedCredentials({ kind: 'basic', username: 'a', password: 'b' }) })
    const to = { registry, repository: 'a', tag: '1', tags: ['1'] }
    await push(await randomImage({ layers: 1, bytes: 2_000_000 }), to, { client, signal })
    expect(refused).toBe(1)
    expect(await validate(await pull(to, { client, signal }), { signal })).toEqual([])
  })

  it('of a layer that changed under way fails without a tag and without retries', async () => {
    const registry = await sabotaged(() => false)
    const image = await randomImage({ layers: 1 })
    const [layer] = await image.layers()
    const { size } = (await layer?.descriptor()) ?? { size: 0 }
    const rotten = {
      ...image,
      layers: async () => [{ ...(layer ?? expect.fail('layer')), compressed: async () => Readable.from([Buffer.alloc(size)], { objectMode: false }) }],
    }
    const to = { registry, repository: 'a', tag: '1', tags: ['1'] }
    await expect(push(rotten, to, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
    await expect(pull(to, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })
})

describe('a pull', () => {
  const blob = Buffer.alloc(3_000_000, 'blob of some length ')
  const descriptor = { mediaType: '', digest: digestOf(blob), size: blob.length }

  it.each([
    ['ranges', true],
    ['no ranges', false],
  ])('goes on where the connection was cut, with %s', async (_name, ranges) => {
    const starts: string[] = []
    const registry = await sabotaged((request, response) => {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      starts.push(request.headers.range ?? 'all')
      const from = ranges ? start : 0
      response.writeHead(ranges && start > 0 ? 206 : 200, { 'content-length': blob.length - from })
      const last = starts.length > 2
      response.write(blob.subarray(from, last ? undefined : from + 1_000_000 * starts.length), () => last || request.socket.destroy())
      if (last) response.end()
      return true
    })
    const repository = testClient().repository({ registry, repository: 'a' }, ['pull'])
    const got = await collect(await openBlob(repository, descriptor, { signal }), 10_000_000)
    expect(got?.equals(blob)).toBe(true)
    expect(starts.length).toBeGreaterThan(1)
  })

  it('of bytes that are wrong is refused, however the registry names them', async () => {
    const image = await randomImage({ layers: 1, bytes: 100 })
    let lying = false
    const registry = await sabotaged((request, response) => {
      if (!lying || request.method !== 'GET' || request.url?.includes('/blobs/') !== true) return false
      response.end(Buffer.alloc(50))
      return true
    })
    const to = { registry, repository: 'a', tag: '1', tags: ['1'] }
    await push(image, to, { client: testClient(), signal })
    lying = true
    const pulled = await pull(to, { client: testClient(), signal })
    expect(pulled.kind === 'image' && (await pulled.config().catch((error: { code: string }) => error.code))).toBe('SIZE_MISMATCH')
  })
})

describe('a delivery', () => {
  it('tries every target and tells which one failed', async () => {
    const good = await sabotaged(() => false)
    const forbidden = await sabotaged((request, response) => {
      if (request.method === 'POST') response.writeHead(403).end('{}')
      return request.method === 'POST'
    })
    const refs = [good, forbidden, '127.0.0.1:1'].map((registry) => ({ registry, repository: 'a', tag: '1' }))
    const image = await randomImage()
    const targets = await deliver(image, refs, { client: testClient(), signal })
    expect(targets.map((target) => (target.kind === 'failed' ? target.problem.code : target.digest))).toEqual([
      await image.digest(),
      'REGISTRY_DENIED',
      'REGISTRY_UNREACHABLE',
    ])
  })
})

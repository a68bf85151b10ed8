/** Layers that are sent while they are compressed: only where nothing is yet, and whatever breaks, the usual way is left. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { foreignArchive } from '../../test/support/foreign-archive.ts'
import { fixedCredentials, testClient } from '../../test/support/registry/embedded.ts'
import { cut, type Sabotage, sabotaged } from '../../test/support/registry/sabotaged.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { deliver } from './deliver.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'

const signal = new AbortController().signal

/** What is asked of blobs: method and how the length of what is sent is told. */
function watching(sabotage: Sabotage = () => false): { readonly sabotage: Sabotage; readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    sabotage: (request, response) => {
      if (request.url?.includes('/blobs/')) seen.push(`${request.method}${request.headers['transfer-encoding'] === 'chunked' ? ' unknown' : ''}`)
      return sabotage(request, response)
    },
  }
}

const isStream = (request: IncomingMessage): boolean => request.method === 'PATCH' && request.headers['content-length'] === undefined
const isName = (request: IncomingMessage): boolean =>
  request.method === 'PUT' && request.url?.includes('/blobs/') === true && request.headers['content-length'] === '0'

const refusing =
  (fits: (request: IncomingMessage) => boolean, status: number, times = Number.POSITIVE_INFINITY): Sabotage =>
  (request, response) => {
    if (times === 0 || !fits(request)) return false
    times--
    request.resume()
    response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="x"' } : {}).end()
    return true
  }

async function delivered(registry: string, o: Parameters<typeof foreignArchive>[0] = {}, tags: readonly string[] = ['1']) {
  const image = await foreignArchive(o)
  const client = testClient({ auth: fixedCredentials({ kind: 'basic', username: 'a', password: 'b' }) })
  const refs = tags.map((tag) => ({ registry, repository: 'a', tag }))
  const targets = await deliver(image, refs, { client, signal })
  return { image, targets, validity: async () => validate(await pull({ registry, repository: 'a', tag: '1' }, { client, signal }), { signal }) }
}

describe('a layer without a name', () => {
  it('is sent while it is made into a repository that is empty, and looked for nowhere', async () => {
    const { sabotage, seen } = watching()
    const { targets, validity, image } = await delivered(await sabotaged(sabotage), { layers: 3, bytes: 5_000_000 })
    expect(targets).toMatchObject([{ kind: 'delivered', digest: await image.digest(), pushed: { blobs: { uploaded: 4, present: 0, mounted: 0 } } }])
    expect(seen.filter((line) => line === 'PATCH unknown').length).toBe(3)
    expect(seen.filter((line) => line === 'HEAD').length).toBe(1)
    expect(await validity()).toEqual([])
  })

  it('gets the digest that it gets when it is compressed first', async () => {
    const { image } = await delivered(await sabotaged(() => false), { layers: 2, bytes: 3_000_000 })
    expect(await image.digest()).toBe(await (await foreignArchive({ layers: 2, bytes: 3_000_000 })).digest())
  })

  it('is named first where something was pushed before, and sent only when it lacks', async () => {
    const { sabotage, seen } = watching()
    const registry = await sabotaged(sabotage)
    await push(await randomImage({ layers: 1 }), { registry, repository: 'a', tags: ['0'] }, { client: testClient(), signal })
    seen.length = 0
    const { validity } = await delivered(registry, { layers: 2 })
    expect(seen).not.toContain('PATCH unknown')
    expect(await validity()).toEqual([])
    seen.length = 0
    await delivered(registry, { layers: 2 }, ['2'])
    expect([...new Set(seen)]).toEqual(['HEAD'])
  })

  it('is compressed once for several registries, and sent to each when it has a name', async () => {
    const [one, two] = [watching(), watching()]
    const refs = [await sabotaged(one.sabotage), await sabotaged(two.sabotage)].map((registry) => ({ registry, repository: 'a', tag: '1' }))
    const targets = await deliver(await foreignArchive({ layers: 2 }), refs, { client: testClient(), signal })
    expect(targets.map(({ kind }) => kind)).toEqual(['delivered', 'delivered'])
    expect([...one.seen, ...two.seen]).not.toContain('PATCH unknown')
  })

  it('is mounted into the next repository of the registry, and found there by the next tag', async () => {
    const { sabotage, seen } = watching()
    const registry = await sabotaged(sabotage)
    const refs = [
      { registry, repository: 'a', tag: '1' },
      { registry, repository: 'a', tag: '2' },
      { registry, repository: 'b', tag: '1' },
    ]
    const targets = await deliver(await foreignArchive({ layers: 2 }), refs, { client: testClient(), signal })
    expect(targets.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(targets[2]?.kind === 'delivered' && targets[2].pushed.blobs).toEqual({ present: 0, mounted: 3, uploaded: 0 })
    expect(seen.filter((line) => line === 'PATCH unknown').length).toBe(2)
  })

  it.each<[string, Sabotage, number]>([
    ['the list of tags is refused', refusing((r) => r.url?.includes('/tags/') === true, 403), 0],
    ['bytes of unknown length are refused', refusing(isStream, 411), 1],
    ['pieces are refused', refusing((r) => r.method === 'PATCH', 405), 1],
    ['the proof expires in the middle', refusing(isStream, 401, 1), 1],
    ['the name is refused', refusing(isName, 400), 1],
    ['the registry fails once', refusing(isStream, 503, 1), 1],
    ['the connection is cut at the first byte', cut(isStream, 1, 1), 1],
    ['the connection is cut after a while', cut(isStream, 1, 700_000), 1],
    ['the connection is cut before the name', cut(isName, 1), 1],
  ])('is sent in the usual way when %s, and the next layers too', async (_name, fault, streams) => {
    const { sabotage, seen } = watching(fault)
    const { targets, validity } = await delivered(await sabotaged(sabotage), { layers: 3, bytes: 1_500_000 })
    expect(targets).toMatchObject([{ kind: 'delivered' }])
    expect(await validity()).toEqual([])
    // Those that waited for the first had not begun.
    expect(new Set(seen.filter((line) => line.startsWith('PATCH'))).size).toBe(streams)
  })

  it('that cannot be sent for good ends with one error and moves no tag', async () => {
    const registry = await sabotaged(cut((r) => r.method === 'PATCH' || r.method === 'PUT', Number.POSITIVE_INFINITY, 0))
    const { targets, validity } = await delivered(registry, { layers: 2 })
    expect(targets).toMatchObject([{ kind: 'failed', problem: { code: 'REGISTRY_UNREACHABLE' } }])
    await expect(validity()).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  it('of other bytes than the configuration says is found out, and moves no tag', async () => {
    const { sabotage, seen } = watching()
    const { targets, validity } = await delivered(await sabotaged(sabotage), { layers: 2, bytes: 3_000_000, rotten: true })
    expect(targets).toMatchObject([{ kind: 'failed', problem: { code: 'DIGEST_MISMATCH' } }])
    expect(seen).toContain('PATCH unknown')
    await expect(validity()).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  it('is left at once when the push is told to end', async () => {
    const stop = new AbortController()
    const registry = await sabotaged((request, response) => {
      if (!isStream(request)) return false
      request.once('data', () => stop.abort(new Error('enough')))
      return response.destroyed
    })
    const image = await foreignArchive({ layers: 2, bytes: 20_000_000 })
    await expect(deliver(image, [{ registry, repository: 'a', tag: '1' }], { client: testClient(), signal: stop.signal })).rejects.toThrow('enough')
  })
})

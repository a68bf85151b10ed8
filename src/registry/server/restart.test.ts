/** What outlives the registry's process: uploads go on, what crashes left is tidied away, and nothing else. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { specClient } from '../../../test/support/registry/spec-client.ts'
import { temporaryMark } from '../../media/atomic-file.ts'
import { digestOf } from '../../oci/digest.ts'
import { createRegistry } from './create-registry.ts'

const hour = 3_600_000
const signal = new AbortController().signal
const tidied = (dir: string, inMs: number) => createRegistry({ dir, durability: 'fast' }).tidy({ nowMs: Date.now() + inMs, signal })

describe('an upload under way', () => {
  it('goes on in another process: where it stood, chunk by chunk, to the right digest', async () => {
    const { dir, call, upload } = await specClient()
    const session = await upload()
    await call('PATCH', session, { body: 'hello ', headers: { 'content-range': '0-5' } })
    const second = await specClient({ dir })
    const state = await second.call('GET', session)
    expect([state.status, state.headers.get('range')]).toEqual([204, '0-5'])
    expect((await second.call('PATCH', session, { body: 'x', headers: { 'content-range': '0-0' } })).status).toBe(416)
    await second.call('PATCH', session, { body: 'wor', headers: { 'content-range': '6-8' } })
    const third = await specClient({ dir })
    const end = await third.call('PUT', `${session}?digest=${digestOf('hello world')}`, { body: 'ld' })
    expect(end.status).toBe(201)
    expect(await (await second.call('GET', end.headers.get('location') ?? '')).text()).toBe('hello world')
    for (const registry of [call, second.call, third.call]) expect((await registry('GET', session)).status).toBe(404)
    expect(await readdir(join(dir, 'ingest'))).toEqual([])
  })

  it('may go back and forth between two processes', async () => {
    const { dir, call, upload } = await specClient()
    const second = await specClient({ dir })
    const session = await upload()
    for (const [i, registry] of [call, second.call, call, second.call].entries())
      expect((await registry('PATCH', session, { body: `${i}`, headers: { 'content-range': `${i}-${i}` } })).status).toBe(202)
    expect((await call('PUT', `${session}?digest=${digestOf('0123')}`)).status).toBe(201)
  })

  it('is found only in its repository, and is resumed once by requests that come together', async () => {
    const { dir, call, upload } = await specClient()
    const session = await upload()
    await call('PATCH', session, { body: 'abc' })
    const again = await specClient({ dir })
    expect((await again.call('GET', session.replace('/a/b/', '/c/'))).status).toBe(404)
    const ranges = await Promise.all(Array.from({ length: 8 }, async () => (await again.call('GET', session)).headers.get('range')))
    expect(ranges).toEqual(Array(8).fill('0-2'))
    const answers = await Promise.all(
      ['d', 'd', 'd'].map(async (body) => (await again.call('PATCH', session, { body, headers: { 'content-range': '3-3' } })).status),
    )
    expect(answers.filter((status) => status === 202).length).toBe(1)
    expect((await again.call('PUT', `${session}?digest=${digestOf('abcd')}`)).status).toBe(201)
  })

  it('ends a day after its last byte', async () => {
    const { dir, call, upload } = await specClient()
    const session = await upload()
    await call('PATCH', session, { body: 'abc' })
    expect(await tidied(dir, 23 * hour)).toEqual({ temporaries: 0, uploads: 0, tags: 0 })
    expect((await call('GET', session)).status).toBe(204)
    expect(await tidied(dir, 25 * hour)).toEqual({ temporaries: 1, uploads: 1, tags: 0 })
    expect((await call('PATCH', session, { body: 'd' })).status).toBe(404)
    expect(await readdir(join(dir, 'ingest'))).toEqual([])
  })

  it('makes no repository before something is in it', async () => {
    const { call, upload } = await specClient()
    await upload()
    expect((await call('GET', '/v2/a/b/tags/list')).status).toBe(404)
    expect(await (await call('GET', '/v2/_catalog')).json()).toEqual({ repositories: [] })
  })
})

describe('what a crash left', () => {
  it('goes when it is old: temporary files and tags without a manifest; the rest stays', async () => {
    const { dir, call, image } = await specClient()
    const { body } = await image({ name: 'v1' })
    const tags = join(dir, 'repositories', 'a', 'b', '_tags')
    await writeFile(join(tags, `${temporaryMark}v2-1234`), 'half')
    await writeFile(join(tags, 'dangling'), digestOf('nothing'))
    await mkdir(join(dir, 'ingest'), { recursive: true })
    await writeFile(join(dir, 'ingest', 'left-behind'), 'half a blob')
    expect(await tidied(dir, 0)).toEqual({ temporaries: 0, uploads: 0, tags: 1 })
    expect(await tidied(dir, 25 * hour)).toEqual({ temporaries: 2, uploads: 0, tags: 0 })
    expect(await (await call('GET', '/v2/a/b/manifests/v1')).text()).toBe(body)
    expect(await (await call('GET', '/v2/a/b/tags/list')).json()).toEqual({ name: 'a/b', tags: ['v1'] })
  })
})

describe('pushes and deletes of one manifest at once', () => {
  it('never leave a tag that points at nothing', async () => {
    const { dir, call, put, image } = await specClient()
    const { body, digest } = await image()
    const work = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? call('DELETE', `/v2/a/b/manifests/${digest}`) : put(`v${i}`, body)))
    await Promise.all(work)
    const { tags } = (await (await call('GET', '/v2/a/b/tags/list')).json()) as { tags: string[] }
    for (const tag of tags) expect((await call('GET', `/v2/a/b/manifests/${tag}`)).status).toBe(200)
    expect(await tidied(dir, 0)).toMatchObject({ tags: 0 })
  })
})

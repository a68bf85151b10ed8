/** The specification's categories Content Discovery and Content Management. */
import { expect } from 'vitest'
import { codeOf, type SpecClient, specClient } from '../../../../test/support/registry/spec-client.ts'
import { digestOf } from '../../../oci/digest.ts'
import { mediaTypes } from '../../../oci/media-types.ts'
import { section } from './sentence.testing.ts'

async function tags({ call }: SpecClient, query = '') {
  const answer = await call('GET', `/v2/a/b/tags/list${query}`)
  return { status: answer.status, link: answer.headers.get('link'), ...((await answer.json()) as { name: string; tags: string[] }) }
}

async function tagged(registry: SpecClient, names: readonly string[]) {
  for (const name of names) await registry.image({ name })
}

interface Listed {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly artifactType?: string
  readonly annotations?: object
}

async function referrers({ call }: SpecClient, digest: string, query = '') {
  const answer = await call('GET', `/v2/a/b/referrers/${digest}${query}`)
  const list = (await answer.json()) as { schemaVersion: number; mediaType: string; manifests: Listed[] }
  return { status: answer.status, type: answer.headers.get('content-type'), filtered: answer.headers.get('oci-filters-applied'), ...list }
}

/** An image and three that refer to it: with a type of its own, with that of its configuration, and an index. */
async function family(registry: SpecClient) {
  const { digest, body } = await registry.image({ name: 'v1' })
  const subject = { mediaType: mediaTypes.ociManifest, digest, size: body.length }
  const sbom = await registry.image({ config: '{"sbom":1}', extra: { subject, artifactType: 'application/sbom', annotations: { made: 'today' } } })
  const plain = await registry.image({ config: '{"plain":1}', extra: { subject } })
  const list = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], subject, annotations: { a: 'b' } })
  await registry.put(digestOf(list), list, { type: mediaTypes.ociIndex })
  return { digest, sbom, plain, index: { digest: digestOf(list), body: list } }
}

export const discovery = [
  ...section('Listing Tags', [
    [
      'MUST',
      'a repository answers 200 with its name and all tags, which may be none',
      'end-8a',
      async (registry) => {
        await registry.image()
        expect(await tags(registry)).toMatchObject({ status: 200, name: 'a/b', tags: [] })
        await tagged(registry, ['v1'])
        expect(await tags(registry)).toMatchObject({ status: 200, name: 'a/b', tags: ['v1'], link: null })
      },
    ],
    [
      'MUST',
      'tags come in lexical order without regard to case',
      'end-8a end-8b',
      async (registry) => {
        await tagged(registry, ['b', 'C', 'a', 'B', '1', 'a-1', 'a.1', 'A'])
        const all = (await tags(registry)).tags
        expect(all).toEqual(['1', 'A', 'a', 'a-1', 'a.1', 'B', 'b', 'C'])
        const paged: string[] = []
        for (let page = await tags(registry, '?n=3'); ; page = await tags(registry, `?n=3&last=${paged.at(-1)}`)) {
          paged.push(...page.tags)
          if (page.link === null) break
        }
        expect(paged).toEqual(all)
      },
    ],
    [
      'MUST',
      'n gives so many from the beginning, and a Link with rel="next" where more follow',
      'end-8b',
      async (registry) => {
        await tagged(registry, ['a', 'b', 'c'])
        const first = await tags(registry, '?n=2')
        expect(first).toMatchObject({ tags: ['a', 'b'], link: expect.stringMatching(/^<[^>]+>; rel="next"$/) })
        const next = /<([^>]+)>/.exec(first.link ?? '')?.[1] ?? ''
        expect(((await (await registry.call('GET', next)).json()) as { tags: string[] }).tags).toEqual(['c'])
        expect(await tags(registry, '?n=3')).toMatchObject({ tags: ['a', 'b', 'c'], link: null })
        expect((await tags(registry, '?n=9')).tags).toEqual(['a', 'b', 'c'])
      },
    ],
    [
      'MUST',
      'n=0 gives none, and no Link',
      'end-8b',
      async (registry) => {
        await tagged(registry, ['a'])
        expect(await tags(registry, '?n=0')).toMatchObject({ status: 200, tags: [], link: null })
      },
    ],
    [
      'MUST',
      'last gives what comes after that tag, with and without n, also when it is no tag (any more)',
      'end-8b',
      async (registry) => {
        await tagged(registry, ['a', 'b', 'd', 'e'])
        expect((await tags(registry, '?n=2&last=a')).tags).toEqual(['b', 'd'])
        expect((await tags(registry, '?last=b')).tags).toEqual(['d', 'e'])
        expect((await tags(registry, '?last=c')).tags).toEqual(['d', 'e'])
        expect((await tags(registry, '?last=z&n=5')).tags).toEqual([])
      },
    ],
    [
      'MUST',
      'n is a number',
      'end-8b',
      async (registry) => {
        await tagged(registry, ['a'])
        for (const n of ['x', '-1', '1.5', '1e3']) expect((await tags(registry, `?n=${n}`)).status).toBe(400)
      },
    ],
  ]),
  ...section('Listing Referrers', [
    [
      'MUST',
      'the answer is 200 and an image index, empty when nothing refers, whether the subject is there or not',
      'end-12a',
      async (registry) => {
        const { digest } = await registry.image()
        for (const subject of [digest, digestOf('never seen'), digestOf('never seen', 'sha512')])
          expect(await referrers(registry, subject)).toMatchObject({
            status: 200,
            type: mediaTypes.ociIndex,
            schemaVersion: 2,
            mediaType: mediaTypes.ociIndex,
            manifests: [],
          })
      },
    ],
    [
      'MUST',
      'each descriptor has type, digest and size, the artifact type or that of the configuration (an index: none), and the annotations',
      'end-12a',
      async (registry) => {
        const { digest, sbom, plain, index } = await family(registry)
        const { manifests } = await referrers(registry, digest)
        const common = (one: { digest: string; body: string }) => ({ digest: one.digest, size: one.body.length })
        const expected: Listed[] = [
          { mediaType: mediaTypes.ociManifest, ...common(sbom), artifactType: 'application/sbom', annotations: { made: 'today' } },
          { mediaType: mediaTypes.ociManifest, ...common(plain), artifactType: mediaTypes.ociConfig },
          { mediaType: mediaTypes.ociIndex, ...common(index), annotations: { a: 'b' } },
        ]
        const byDigest = (a: Listed, b: Listed) => (a.digest < b.digest ? -1 : 1)
        expect(manifests.toSorted(byDigest)).toEqual(expected.toSorted(byDigest))
      },
    ],
    [
      'MUST',
      'a digest that is none is answered with 400',
      'end-12a end-12b',
      async ({ call }) => {
        for (const text of ['x', 'sha256:12', 'v1']) expect((await call('GET', `/v2/a/b/referrers/${text}`)).status).toBe(400)
      },
    ],
    [
      'SHOULD',
      'artifactType filters, and OCI-Filters-Applied says so; without it the header is not there',
      'end-12b',
      async (registry) => {
        const { digest, sbom } = await family(registry)
        expect(await referrers(registry, digest)).toMatchObject({ filtered: null })
        const some = await referrers(registry, digest, '?artifactType=application%2Fsbom')
        expect([some.filtered, some.manifests.map((one) => one.digest)]).toEqual(['artifactType', [sbom.digest]])
        expect(await referrers(registry, digest, '?artifactType=application/none')).toMatchObject({ filtered: 'artifactType', manifests: [] })
      },
    ],
    [
      'MUST',
      'what clients keep under the tag of the schema for older registries is there as well, and what it lists is in the answer',
      'end-12a',
      async (registry) => {
        const { digest, sbom } = await family(registry)
        const list = JSON.stringify({
          schemaVersion: 2,
          mediaType: mediaTypes.ociIndex,
          manifests: [{ mediaType: mediaTypes.ociManifest, digest: sbom.digest, size: sbom.body.length }],
        })
        expect((await registry.put(digest.replace(':', '-'), list, { type: mediaTypes.ociIndex })).status).toBe(201)
        expect((await referrers(registry, digest)).manifests.map((one) => one.digest)).toContain(sbom.digest)
      },
    ],
  ]),
]

export const management = [
  ...section('Deleting tags', [
    [
      'MUST',
      'a tag is deleted with 202; it is gone, its manifest and other tags stay',
      'end-9',
      async (registry) => {
        const { digest } = await registry.image({ name: 'v1' })
        await tagged(registry, ['v2'])
        expect((await registry.call('DELETE', '/v2/a/b/manifests/v1')).status).toBe(202)
        const statuses = ['v1', 'v2', digest].map(async (name) => (await registry.call('GET', `/v2/a/b/manifests/${name}`)).status)
        expect(await Promise.all(statuses)).toEqual([404, 200, 200])
      },
    ],
    [
      'MUST',
      'where deleting is off, the answer is 400 or 405',
      'end-9 end-10 code-13',
      async ({ dir, image }) => {
        const { digest } = await image({ name: 'v1' })
        const frozen = await specClient({ dir, readOnly: true })
        for (const path of ['manifests/v1', `manifests/${digest}`, `blobs/${digestOf('{}')}`]) {
          const answer = await frozen.call('DELETE', `/v2/a/b/${path}`)
          expect([answer.status, await codeOf(answer)]).toEqual([405, 'UNSUPPORTED'])
        }
      },
    ],
  ]),
  ...section('Deleting Manifests', [
    [
      'MUST',
      'a manifest is deleted with 202; it, its tags and its line among the referrers are gone',
      'end-9 end-12a',
      async (registry) => {
        const { digest, sbom } = await family(registry)
        expect((await registry.call('DELETE', `/v2/a/b/manifests/${sbom.digest}`)).status).toBe(202)
        expect((await referrers(registry, digest)).manifests.map((one) => one.digest)).not.toContain(sbom.digest)
        expect((await registry.call('DELETE', `/v2/a/b/manifests/${digest}`)).status).toBe(202)
        for (const name of ['v1', digest]) expect((await registry.call('GET', `/v2/a/b/manifests/${name}`)).status).toBe(404)
        expect(await tags(registry)).toMatchObject({ tags: [] })
      },
    ],
    [
      'MUST',
      'what is not there is answered with 404, the repository too',
      'end-9 code-7',
      async (registry) => {
        await registry.image()
        for (const path of [`/v2/a/b/manifests/${digestOf('x')}`, '/v2/a/b/manifests/v1', `/v2/nobody/manifests/${digestOf('x')}`]) {
          const answer = await registry.call('DELETE', path)
          expect([answer.status, await codeOf(answer)]).toEqual([404, 'MANIFEST_UNKNOWN'])
        }
      },
    ],
  ]),
  ...section('Deleting Blobs', [
    [
      'MUST',
      'a blob is deleted with 202 and gone, 404 the second time',
      'end-10 code-1',
      async ({ call, blob }) => {
        const path = `/v2/a/b/blobs/${await blob('x')}`
        const statuses = [(await call('DELETE', path)).status, (await call('GET', path)).status, (await call('DELETE', path)).status]
        expect(statuses).toEqual([202, 404, 404])
      },
    ],
  ]),
]

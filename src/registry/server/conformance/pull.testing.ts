/** The specification's category Pull, and how support is determined. */
import { expect } from 'vitest'
import { codeOf, specClient } from '../../../../test/support/registry/spec-client.ts'
import { digestOf } from '../../../oci/digest.ts'
import { mediaTypes } from '../../../oci/media-types.ts'
import { basicAuth } from '../access-rule.ts'
import { section } from './sentence.testing.ts'

const nothing = digestOf('nothing of the kind')
const manifestHead = async (answer: Response) => [answer.status, answer.headers.get('docker-content-digest'), answer.headers.get('content-type')]

export const pull = [
  ...section('Determining Support', [
    ['MUST', 'GET /v2/ answers 200 where the specification is implemented', 'end-1', async ({ call }) => expect((await call('GET', '/v2/')).status).toBe(200)],
    ['MAY', 'HEAD /v2/ answers as GET does', 'end-1', async ({ call }) => expect((await call('HEAD', '/v2/')).status).toBe(200)],
    [
      'MAY',
      'the root is where clients learn that they have to log in',
      'end-1 code-11',
      async () => {
        const { call } = await specClient({ auth: basicAuth({ ann: 'secret' }) })
        const answer = await call('GET', '/v2/')
        expect([answer.status, answer.headers.get('www-authenticate'), await codeOf(answer)]).toEqual([401, expect.stringMatching(/^Basic /), 'UNAUTHORIZED'])
        const known = `Basic ${Buffer.from('ann:secret').toString('base64')}`
        expect((await call('GET', '/v2/', { headers: { authorization: known } })).status).toBe(200)
      },
    ],
  ]),
  ...section('Pulling manifests', [
    [
      'MUST',
      'an existing manifest is answered with 200 and its very bytes, by tag and by digest',
      'end-3',
      async ({ call, image }) => {
        const { body, digest } = await image({ name: 'v1' })
        for (const name of ['v1', digest]) {
          const answer = await call('GET', `/v2/a/b/manifests/${name}`)
          expect([answer.status, await answer.text()]).toEqual([200, body])
        }
      },
    ],
    [
      'SHOULD',
      'the answer carries the digest, and the type that was pushed without parameters',
      'end-3',
      async ({ call, put, image }) => {
        const { body, digest } = await image()
        expect((await put('v1', body, { type: `${mediaTypes.ociManifest}; charset=utf-8` })).status).toBe(201)
        expect(await manifestHead(await call('GET', '/v2/a/b/manifests/v1'))).toEqual([200, digest, mediaTypes.ociManifest])
      },
    ],
    [
      'MUST',
      'the digest in the header is that of what is returned, whatever the algorithm',
      'end-3',
      async ({ call, put, image }) => {
        const { body } = await image()
        const long = digestOf(body, 'sha512')
        expect((await put(long, body)).headers.get('docker-content-digest')).toBe(long)
        expect(await manifestHead(await call('GET', `/v2/a/b/manifests/${long}`))).toEqual([200, long, mediaTypes.ociManifest])
      },
    ],
    [
      'SHOULD',
      'Accept chooses: types that are not named are not sent, with and without weights and wildcards',
      'end-3',
      async ({ call, image }) => {
        await image({ name: 'v1' })
        const statuses: number[] = []
        for (const accept of [mediaTypes.dockerManifest, `${mediaTypes.dockerIndex};q=1, ${mediaTypes.ociManifest};q=0.1`, '*/*', 'application/*'])
          statuses.push((await call('GET', '/v2/a/b/manifests/v1', { headers: { accept } })).status)
        expect(statuses).toEqual([404, 200, 200, 200])
      },
    ],
    [
      'MUST',
      'a manifest that is not there is answered with 404',
      'end-3 code-7',
      async ({ call, image }) => {
        await image({ name: 'v1' })
        for (const name of ['v2', nothing]) {
          const answer = await call('GET', `/v2/a/b/manifests/${name}`)
          expect([answer.status, await codeOf(answer)]).toEqual([404, 'MANIFEST_UNKNOWN'])
        }
      },
    ],
    [
      'MUST',
      'a reference is a digest or a tag of at most 128 characters: nothing else is found, or taken',
      'end-3 end-7',
      async ({ call, put, image }) => {
        const { body } = await image()
        const [longest, longer] = ['x'.repeat(128), 'x'.repeat(129)]
        expect((await put(longest, body)).status).toBe(201)
        for (const name of [longer, '.hidden', '-dash', 'sha256:short']) {
          expect([(await call('GET', `/v2/a/b/manifests/${name}`)).status, (await put(name, body)).status]).toEqual([404, 400])
        }
      },
    ],
    [
      'MUST',
      'a repository name keeps to its grammar',
      'end-3 code-8',
      async ({ call, image }) => {
        for (const repository of ['a', 'a.b_c__d-e---f/g0', '0/1']) expect((await image({ repository })).answer.status).toBe(201)
        for (const repository of ['A', 'a..b', '-a', 'a-', 'a/', 'a//b', 'a___b', '_a']) {
          const answer = await call('GET', `/v2/${repository}/manifests/v1`)
          expect([repository, answer.status, await codeOf(answer)]).toEqual([repository, 400, 'NAME_INVALID'])
        }
      },
    ],
  ]),
  ...section('Pulling blobs', [
    [
      'MUST',
      'an existing blob is answered with 200 and its bytes; the digest header is that of the body',
      'end-2',
      async ({ call, blob }) => {
        const digest = await blob('some bytes')
        const answer = await call('GET', `/v2/a/b/blobs/${digest}`)
        expect([answer.status, answer.headers.get('docker-content-digest'), digestOf(await answer.text())]).toEqual([200, digest, digest])
      },
    ],
    [
      'MUST',
      'a blob that is not there is answered with 404, also when another repository has it',
      'end-2 code-1',
      async ({ call, blob }) => {
        const elsewhere = await blob('elsewhere', 'other')
        for (const digest of [nothing, elsewhere]) {
          const answer = await call('GET', `/v2/a/b/blobs/${digest}`)
          expect([answer.status, await codeOf(answer)]).toEqual([404, 'BLOB_UNKNOWN'])
        }
      },
    ],
    [
      'SHOULD',
      'Range is served as HTTP has it: parts of GET only, 416 past the end, If-Range by ETag',
      'end-2',
      async ({ call, blob }) => {
        const at = `/v2/a/b/blobs/${await blob('0123456789')}`
        const part = async (range: string, more: Record<string, string> = {}) => {
          const answer = await call('GET', at, { headers: { range, ...more } })
          return [answer.status, answer.headers.get('content-range'), await answer.text()]
        }
        expect(await part('bytes=0-0')).toEqual([206, 'bytes 0-0/10', '0'])
        expect(await part('bytes=4-')).toEqual([206, 'bytes 4-9/10', '456789'])
        expect(await part('bytes=-4')).toEqual([206, 'bytes 6-9/10', '6789'])
        expect((await part('bytes=10-11')).slice(0, 2)).toEqual([416, 'bytes */10'])
        expect(await part('bytes=0-1,3-4')).toEqual([200, null, '0123456789'])
        expect(await part('bytes=1-2', { 'if-range': '"another"' })).toEqual([200, null, '0123456789'])
        const { headers } = await call('HEAD', at)
        expect(await part('bytes=1-2', { 'if-range': headers.get('etag') ?? '' })).toEqual([206, 'bytes 1-2/10', '12'])
        expect(headers.get('accept-ranges')).toBe('bytes')
        expect((await call('HEAD', at, { headers: { range: 'bytes=1-2' } })).status).toBe(200)
      },
    ],
    [
      'MAY',
      'what the client has already is not sent again',
      'end-2 end-3',
      async ({ call, image }) => {
        const { digest } = await image({ name: 'v1' })
        for (const path of [`/v2/a/b/blobs/${digestOf('{}')}`, `/v2/a/b/manifests/${digest}`, '/v2/a/b/manifests/v1']) {
          const etag = (await call('HEAD', path)).headers.get('etag') ?? ''
          expect((await call('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(304)
        }
      },
    ],
  ]),
  ...section('Checking if content exists in the registry', [
    [
      'MUST',
      'HEAD answers 200 for what exists, with digest and size, and without a body',
      'end-2 end-3',
      async ({ call, image }) => {
        const { digest, body } = await image({ name: 'v1' })
        for (const [path, of, size] of [
          ['manifests/v1', digest, body.length],
          [`manifests/${digest}`, digest, body.length],
          [`blobs/${digestOf('{}')}`, digestOf('{}'), 2],
        ] as const) {
          const { status, headers, text } = await call('HEAD', `/v2/a/b/${path}`).then(async (a) => ({
            status: a.status,
            headers: a.headers,
            text: await a.text(),
          }))
          expect([status, headers.get('docker-content-digest'), headers.get('content-length'), text]).toEqual([200, of, String(size), ''])
        }
      },
    ],
    [
      'MUST',
      'HEAD answers 404 for what does not',
      'end-2 end-3',
      async ({ call }) => {
        for (const path of [`blobs/${nothing}`, 'manifests/v1', `manifests/${nothing}`]) expect((await call('HEAD', `/v2/a/b/${path}`)).status).toBe(404)
      },
    ],
  ]),
]

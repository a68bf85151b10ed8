/** The specification's category Push: manifests, with and without a subject. */
import { expect } from 'vitest'
import { codeOf } from '../../../../test/support/registry/spec-client.ts'
import { digestOf } from '../../../oci/digest.ts'
import { mediaTypes } from '../../../oci/media-types.ts'
import { section } from './sentence.testing.ts'

const index = (children: readonly object[], more: object = {}) =>
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: children, ...more })
const asIndex = { type: mediaTypes.ociIndex }
const missing = { mediaType: mediaTypes.ociManifest, digest: digestOf('missing'), size: 7 }

export const pushManifests = [
  ...section('Pushing Manifests', [
    [
      'MUST',
      'a manifest answers 201 with where it can be pulled, and its digest',
      'end-7',
      async ({ call, image }) => {
        const { answer, body, digest } = await image({ name: 'v1' })
        expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([201, digest])
        expect(await (await call('GET', answer.headers.get('location') ?? '')).text()).toBe(body)
      },
    ],
    [
      'MUST',
      'it is kept byte for byte: white space, order, unknown members, escapes',
      'end-7 end-3',
      async ({ call, blob, put }) => {
        const config = { mediaType: 'application/vnd.example+json', digest: await blob('{}'), size: 2 }
        const body = `\n{ "x":"\\u00e9",\t"layers": [],\r\n "config": ${JSON.stringify(config)}, "schemaVersion": 2 }\n `
        expect((await put('odd', body)).status).toBe(201)
        expect(await (await call('GET', '/v2/a/b/manifests/odd')).text()).toBe(body)
      },
    ],
    [
      'SHOULD',
      'parameters of Content-Type are ignored; without the header the manifest itself says what it is',
      'end-7',
      async ({ call, put, image }) => {
        const { body } = await image()
        expect((await put('v1', body, { type: `${mediaTypes.ociManifest}; x=y` })).status).toBe(201)
        const answer = await fetch(new URL((await call('GET', '/v2/a/b/manifests/v1')).url.replace('/v1', '/v2')), { method: 'PUT', body: Buffer.from(body) })
        expect(answer.status).toBe(201)
      },
    ],
    [
      'MUST',
      'Content-Type and the mediaType of the manifest agree',
      'end-7 code-6',
      async ({ put, image }) => {
        const { body } = await image()
        for (const type of [mediaTypes.dockerManifest, mediaTypes.ociIndex, 'application/json']) {
          const answer = await put('v1', body, { type })
          expect([type, answer.status, await codeOf(answer)]).toEqual([type, 400, 'MANIFEST_INVALID'])
        }
      },
    ],
    [
      'MUST',
      'what is no manifest is refused',
      'end-7 code-6',
      async ({ put }) => {
        for (const body of [
          '',
          'nonsense',
          '[]',
          '{"schemaVersion":2}',
          '{"schemaVersion":2,"config":{"mediaType":"a","digest":"sha256:1","size":1},"layers":[]}',
        ]) {
          const answer = await put('v1', body)
          expect([body, answer.status, await codeOf(answer)]).toEqual([body, 400, 'MANIFEST_INVALID'])
        }
      },
    ],
    [
      'MUST',
      'a digest in the path is that of the body',
      'end-7 code-4',
      async ({ put, image }) => {
        const { body } = await image()
        const answer = await put(digestOf('another'), body)
        expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
      },
    ],
    [
      'MUST',
      'the list of blobs may be empty, an index too; artifacts are manifests like others',
      'end-7',
      async ({ blob, put, image }) => {
        expect((await image({ name: 'no-layers' })).answer.status).toBe(201)
        expect((await put('empty-index', index([]), asIndex)).status).toBe(201)
        const empty = { mediaType: mediaTypes.ociEmpty, digest: await blob('{}'), size: 2, data: 'e30=' }
        const artifact = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, artifactType: 'application/x', config: empty, layers: [empty] }
        expect((await put('artifact', JSON.stringify(artifact))).status).toBe(201)
      },
    ],
    [
      'MAY',
      'a manifest that names blobs or manifests which are not there is refused, and then with MANIFEST_BLOB_UNKNOWN',
      'end-7 code-5',
      async ({ put, image }) => {
        const { body } = await image()
        for (const answer of [await put('v1', body.replace(/sha256:[0-9a-f]{64}/, missing.digest)), await put('v1', index([missing]), asIndex)])
          expect([answer.status, await codeOf(answer)]).toEqual([404, 'MANIFEST_BLOB_UNKNOWN'])
      },
    ],
    [
      'MAY',
      'layers that are not to be distributed need not be there',
      'end-7',
      async ({ image }) => {
        const layer = { mediaType: mediaTypes.ociForeignGzip, digest: digestOf('far away'), size: 8, urls: ['https://far.example/layer'] }
        expect((await image({ name: 'v1', extra: { layers: [layer] } })).answer.status).toBe(201)
      },
    ],
    [
      'SHOULD',
      'manifests of 4 MiB are taken, larger ones are answered with 413',
      'end-7 code-10',
      async ({ put, image }) => {
        const { body } = await image()
        const padded = (bytes: number) => body + ' '.repeat(bytes - body.length)
        expect((await put('v1', padded(4 * 1024 * 1024))).status).toBe(201)
        const answer = await put('v1', padded(4 * 1024 * 1024 + 1))
        expect([answer.status, await codeOf(answer)]).toEqual([413, 'SIZE_INVALID'])
      },
    ],
    [
      'MUST',
      'a pull from a repository that does not exist is answered with 404',
      'end-2 end-3 end-8a code-9',
      async ({ call }) => {
        for (const path of ['manifests/v1', `blobs/${digestOf('x')}`, 'tags/list']) expect((await call('GET', `/v2/nobody/${path}`)).status).toBe(404)
        expect(await codeOf(await call('GET', '/v2/nobody/tags/list'))).toBe('NAME_UNKNOWN')
      },
    ],
    [
      'MUST',
      'a tag moves to what was pushed last; the older manifest stays under its digest',
      'end-7 end-3',
      async ({ call, image }) => {
        const [one, two] = [await image({ name: 'v1' }), await image({ name: 'v1', config: '{"two":2}' })]
        expect(await (await call('GET', '/v2/a/b/manifests/v1')).text()).toBe(two.body)
        expect((await call('GET', `/v2/a/b/manifests/${one.digest}`)).status).toBe(200)
      },
    ],
  ]),
  ...section('Pushing Manifests with Subject', [
    [
      'MUST',
      'the answer names the subject in OCI-Subject, for images and for indexes, and only then',
      'end-7',
      async ({ image, put }) => {
        const { answer, digest, body } = await image()
        const subject = { mediaType: mediaTypes.ociManifest, digest, size: body.length }
        expect(answer.headers.get('oci-subject')).toBeNull()
        expect((await image({ extra: { subject } })).answer.headers.get('oci-subject')).toBe(digest)
        const list = await put(digestOf(index([], { subject })), index([], { subject }), asIndex)
        expect([list.status, list.headers.get('oci-subject')]).toEqual([201, digest])
      },
    ],
    [
      'MUST',
      'the subject need not be there yet',
      'end-7 end-12a',
      async ({ call, image }) => {
        const { answer, digest } = await image({ extra: { subject: missing } })
        expect([answer.status, answer.headers.get('oci-subject')]).toEqual([201, missing.digest])
        const list = (await (await call('GET', `/v2/a/b/referrers/${missing.digest}`)).json()) as { manifests: { digest: string }[] }
        expect(list.manifests.map((one) => one.digest)).toEqual([digest])
      },
    ],
  ]),
]

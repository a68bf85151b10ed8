/** The specification's category Push: blobs in one piece, in chunks and mounted. */
import { expect } from 'vitest'
import { codeOf } from '../../../../test/support/registry/spec-client.ts'
import { digestOf } from '../../../oci/digest.ts'
import { section } from './sentence.testing.ts'

const octets = { 'content-type': 'application/octet-stream' }
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const at = (answer: Response) => answer.headers.get('location') ?? ''
const uploads = '/v2/a/b/blobs/uploads/'

export const pushBlobs = [
  ...section('POST then PUT', [
    [
      'MUST',
      'POST answers 202 with a Location that holds a session of its own',
      'end-4a',
      async ({ call }) => {
        const [one, two] = [await call('POST', uploads), await call('POST', uploads)]
        expect([one.status, two.status]).toEqual([202, 202])
        expect([at(one), at(two)]).toEqual([expect.stringMatching(uuid), expect.stringMatching(uuid)])
        expect(at(one)).not.toBe(at(two))
      },
    ],
    [
      'MUST',
      'PUT to it with the digest answers 201 and where the blob can be pulled, for sha256 and sha512',
      'end-6',
      async ({ call, upload }) => {
        for (const digest of [digestOf('bytes'), digestOf('bytes', 'sha512')]) {
          const answer = await call('PUT', `${await upload()}?digest=${digest}`, { body: 'bytes', headers: octets })
          expect(answer.status).toBe(201)
          expect(await (await call('GET', at(answer))).text()).toBe('bytes')
        }
      },
    ],
    [
      'MUST',
      'bytes that are not those of the digest are refused, and nothing is kept',
      'end-6 code-4',
      async ({ call, upload }) => {
        const session = await upload()
        const answer = await call('PUT', `${session}?digest=${digestOf('other')}`, { body: 'bytes' })
        expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
        for (const digest of [digestOf('bytes'), digestOf('other')]) expect((await call('HEAD', `/v2/a/b/blobs/${digest}`)).status).toBe(404)
        expect((await call('GET', session)).status).toBe(404)
      },
    ],
    [
      'MUST',
      'a digest that is none, or is missing, is refused; the session goes on',
      'end-6 code-4',
      async ({ call, upload }) => {
        const session = await upload()
        for (const query of ['', '?digest=sha256:12', '?digest=md5:d41d8cd98f00b204e9800998ecf8427e']) {
          const answer = await call('PUT', `${session}${query}`, { body: 'x' })
          expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
        }
        expect((await call('PUT', `${session}?digest=${digestOf('x')}`, { body: 'x' })).status).toBe(201)
      },
    ],
    [
      'MUST',
      'a session that does not exist, or belongs to another repository, is answered with 404',
      'end-5 end-6 end-13 code-3',
      async ({ call, upload }) => {
        const session = await upload()
        const unknown = session.replace(uuid, '00000000-0000-4000-8000-000000000000')
        for (const path of [unknown, session.replace('/a/b/', '/c/'), `${uploads}x`]) {
          for (const [method, query] of [
            ['PATCH', ''],
            ['PUT', `?digest=${digestOf('x')}`],
            ['GET', ''],
            ['DELETE', ''],
          ] as const) {
            const answer = await call(method, `${path}${query}`, method === 'GET' ? {} : { body: 'x' })
            expect([method, answer.status, await codeOf(answer)]).toEqual([method, 404, 'BLOB_UPLOAD_UNKNOWN'])
          }
        }
      },
    ],
  ]),
  ...section('Single POST', [
    [
      'MUST',
      'POST with digest and bytes answers 201 and where the blob can be pulled',
      'end-4b',
      async ({ call }) => {
        const answer = await call('POST', `${uploads}?digest=${digestOf('one')}`, { body: 'one', headers: octets })
        expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([201, digestOf('one')])
        expect(await (await call('GET', at(answer))).text()).toBe('one')
      },
    ],
    [
      'MUST',
      'the digest is that of the bytes',
      'end-4b code-4',
      async ({ call }) => {
        for (const digest of [digestOf('two'), 'sha256:1']) {
          const answer = await call('POST', `${uploads}?digest=${digest}`, { body: 'one' })
          expect([answer.status, await codeOf(answer)]).toEqual([400, 'DIGEST_INVALID'])
        }
      },
    ],
  ]),
  ...section('Pushing a blob in chunks', [
    [
      'SHOULD',
      'a registry with a least size of chunks says so; this one has none, and takes chunks of one byte',
      'end-4a end-5',
      async ({ call }) => {
        const start = await call('POST', uploads, { headers: { 'content-length': '0' } })
        expect(start.headers.get('oci-chunk-min-length')).toBeNull()
        let session = at(start)
        for (const [i, byte] of ['a', 'b', 'c'].entries()) session = at(await call('PATCH', session, { body: byte, headers: { 'content-range': `${i}-${i}` } }))
        expect((await call('PUT', `${session}?digest=${digestOf('abc')}`)).status).toBe(201)
      },
    ],
    [
      'MUST',
      'each chunk answers 202 with Location, and Range up to its last byte; the last may come with the PUT',
      'end-5 end-6',
      async ({ call, upload }) => {
        const first = await call('PATCH', await upload(), { body: 'hello ', headers: { ...octets, 'content-range': '0-5' } })
        expect([first.status, first.headers.get('range'), at(first)]).toEqual([202, '0-5', expect.stringMatching(uuid)])
        const second = await call('PATCH', at(first), { body: 'wor', headers: { ...octets, 'content-range': '6-8' } })
        expect([second.status, second.headers.get('range')]).toEqual([202, '0-8'])
        const end = await call('PUT', `${at(second)}?digest=${digestOf('hello world')}`, { body: 'ld', headers: { ...octets, 'content-range': '9-10' } })
        expect([end.status, await (await call('GET', at(end))).text()]).toEqual([201, 'hello world'])
      },
    ],
    [
      'MUST',
      'a chunk out of order is answered with 416, the first one too, and in the PUT; the session stands where it stood',
      'end-5 end-6 end-13 code-2',
      async ({ call, upload }) => {
        const session = await upload()
        const chunk = async (method: string, body: string, range: string, query = '') => {
          const answer = await call(method, `${session}${query}`, { body, headers: { 'content-range': range } })
          return [answer.status, answer.status < 300 ? undefined : await codeOf(answer), answer.headers.get('range')]
        }
        expect(await chunk('PATCH', 'abc', '1-3')).toEqual([416, 'BLOB_UPLOAD_INVALID', '0-0'])
        expect(await chunk('PATCH', 'abc', '0-2')).toEqual([202, undefined, '0-2'])
        expect(await chunk('PATCH', 'abc', '0-2')).toEqual([416, 'BLOB_UPLOAD_INVALID', '0-2'])
        expect(await chunk('PATCH', 'abc', '4-6')).toEqual([416, 'BLOB_UPLOAD_INVALID', '0-2'])
        expect(await chunk('PUT', 'd', '2-2', `?digest=${digestOf('abcd')}`)).toEqual([416, 'BLOB_UPLOAD_INVALID', '0-2'])
        expect((await chunk('PUT', 'd', '3-3', `?digest=${digestOf('abcd')}`))[0]).toBe(201)
      },
    ],
    [
      'MUST',
      'Content-Range is two numbers, and both are of the chunk',
      'end-5 code-2 code-10',
      async ({ call, upload }) => {
        const session = await upload()
        for (const [range, code] of [
          ['abc', 'BLOB_UPLOAD_INVALID'],
          ['2-1', 'BLOB_UPLOAD_INVALID'],
          ['0-', 'BLOB_UPLOAD_INVALID'],
          ['0-4', 'SIZE_INVALID'],
          ['0-0', 'SIZE_INVALID'],
        ]) {
          const answer = await call('PATCH', session, { body: 'abc', headers: { 'content-range': range ?? '' } })
          expect([range, answer.status, await codeOf(answer)]).toEqual([range, 400, code])
        }
        expect((await call('GET', session)).headers.get('range')).toBe('0-0')
      },
    ],
    [
      'MUST',
      'GET of a session answers 204 with Location and Range, and HEAD as well',
      'end-13',
      async ({ call, upload }) => {
        const session = await upload()
        await call('PATCH', session, { body: 'abc' })
        for (const method of ['GET', 'HEAD']) {
          const answer = await call(method, session)
          expect([answer.status, at(answer), answer.headers.get('range')]).toEqual([204, session, '0-2'])
        }
      },
    ],
    [
      'MAY',
      'a session is cancelled by DELETE',
      'end-13 code-3',
      async ({ call, upload }) => {
        const session = await upload()
        expect([(await call('DELETE', session)).status, (await call('GET', session)).status]).toEqual([204, 404])
      },
    ],
  ]),
  ...section('Mounting a blob from another repository', [
    [
      'MUST',
      'a mount answers 201 with where the blob can be pulled, and the digest',
      'end-11',
      async ({ call, blob }) => {
        const digest = await blob('shared')
        const answer = await call('POST', `/v2/c/blobs/uploads/?mount=${digest}&from=a/b`)
        expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([201, digest])
        expect(await (await call('GET', at(answer))).text()).toBe('shared')
      },
    ],
    [
      'MAY',
      'from may be left out: any repository will do',
      'end-11',
      async ({ call, blob }) => {
        const digest = await blob('shared')
        expect((await call('POST', `/v2/c/blobs/uploads/?mount=${digest}`)).status).toBe(201)
        expect((await call('HEAD', `/v2/c/blobs/${digest}`)).status).toBe(200)
      },
    ],
    [
      'SHOULD',
      'what cannot be mounted begins a session, which can be used',
      'end-11',
      async ({ call, blob }) => {
        const shared = await blob('shared')
        for (const query of [
          `mount=${digestOf('new')}&from=a/b`,
          `mount=${digestOf('new')}`,
          `mount=${shared}&from=none`,
          `mount=${shared}&from=..%2Fa`,
          'mount=x&from=a/b',
        ]) {
          const answer = await call('POST', `/v2/c/blobs/uploads/?${query}`)
          expect([query, answer.status, at(answer)]).toEqual([query, 202, expect.stringMatching(uuid)])
          expect((await call('PUT', `${at(answer)}?digest=${digestOf(query)}`, { body: query })).status).toBe(201)
        }
      },
    ],
  ]),
]

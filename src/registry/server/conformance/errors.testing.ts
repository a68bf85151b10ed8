/** The specification's error format, its codes, and its warnings. */
import { expect } from 'vitest'
import { digestOf } from '../../../oci/digest.ts'
import { faultStatus } from '../reply.ts'
import { section } from './sentence.testing.ts'

/** A request for every kind of refusal. */
const refusals: readonly (readonly [string, string])[] = [
  ['GET', '/v2/UPPER/tags/list'],
  ['GET', '/v2/none/tags/list'],
  ['GET', '/v2/a/manifests/none'],
  ['GET', `/v2/a/blobs/${digestOf('none')}`],
  ['GET', '/v2/a/blobs/sha256:1'],
  ['GET', '/v2/a/blobs/uploads/none'],
  ['GET', '/v2/a/tags/list?n=x'],
  ['PUT', '/v2/a/manifests/v1'],
  ['POST', '/v2/'],
  ['POST', '/v2/a/manifests/v1'],
  ['PATCH', `/v2/a/blobs/${digestOf('none')}`],
  ['PUT', '/v2/a/tags/list'],
  ['DELETE', `/v2/a/referrers/${digestOf('none')}`],
  ['PUT', '/v2/a/blobs/uploads/'],
  ['GET', '/v2/a/unknown/thing'],
  ['GET', '/v1/_ping'],
  ['GET', '/v2/%ff/tags/list'],
]

export const errors = [
  ...section('Error Codes', [
    [
      'MUST',
      'every refusal is a JSON list of errors with a code of capitals and underscores from the table, a message and details',
      'code-13',
      async ({ call }) => {
        for (const [method, path] of refusals) {
          const answer = await call(method, path)
          expect([path, answer.status >= 400 && answer.status < 500, answer.headers.get('content-type')]).toEqual([path, true, 'application/json'])
          const { errors: list } = (await answer.json()) as { errors: { code: string; message: string; detail: unknown }[] }
          expect(list.length).toBeGreaterThan(0)
          for (const { code, message } of list)
            expect([/^[A-Z_]+$/.test(code), Object.keys(faultStatus).includes(code), message.length > 0]).toEqual([true, true, true])
        }
      },
    ],
    [
      'MUST',
      'a method that an endpoint does not have is answered with UNSUPPORTED, and Allow names those it has',
      'code-13',
      async ({ call }) => {
        for (const [method, path] of [
          ['POST', '/v2/'],
          ['POST', '/v2/a/manifests/v1'],
          ['PUT', '/v2/a/tags/list'],
          ['PUT', '/v2/a/blobs/uploads/'],
        ] as const) {
          const answer = await call(method, path)
          expect([answer.status, answer.headers.get('allow')]).toEqual([405, expect.stringMatching(/[A-Z]/)])
        }
      },
    ],
    [
      'MAY',
      'a HEAD that is refused has no body, and the same status',
      'end-2 end-3',
      async ({ call }) => {
        const answer = await call('HEAD', '/v2/UPPER/manifests/v1')
        expect([answer.status, await answer.text()]).toEqual([400, ''])
      },
    ],
  ]),
  ...section('Warnings', [
    [
      'MAY',
      'there are none to send: answers have no Warning header',
      'end-1',
      async ({ call, image }) => {
        await image({ name: 'v1' })
        for (const path of ['/v2/', '/v2/a/b/manifests/v1', '/v2/a/b/tags/list']) expect((await call('GET', path)).headers.get('warning')).toBeNull()
      },
    ],
  ]),
]

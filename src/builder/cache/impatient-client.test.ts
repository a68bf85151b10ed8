import { describe, expect, it, onTestFinished } from 'vitest'
import { hastyClock, noCredentials } from '../../../test/support/registry/embedded.ts'
import { isProblem } from '../../base/problem.ts'
import { createRegistryClient } from '../../registry/client.ts'
import { fixture } from '../build-fixture.ts'

describe('a cache whose registry does not answer', () => {
  it('costs a moment, and is said once', async () => {
    const asked: string[] = []
    const send = async ({ method, url }: { readonly method: string; readonly url: URL }): Promise<never> => {
      asked.push(`${method} ${url.pathname}`)
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    const cacheClient = () => createRegistryClient({ send, auth: noCredentials(), clock: hastyClock })
    const f = await fixture({ 'a.txt': 'a' })
    onTestFinished(() => f.remove())
    const place = { kind: 'registry', ref: 'cache.example/app:x' } as const
    const other = { kind: 'registry', ref: 'cache.example/other:x' } as const
    const kept = { mode: 'max', ignoreError: true } as const
    const text = 'FROM scratch\nCOPY a.txt /\n'
    await f.build(text, {
      cacheFrom: [place],
      cacheTo: [
        { ...place, ...kept },
        { ...other, ...kept },
      ],
      cacheClient,
    })
    expect(asked).toEqual(Array(2).fill('GET /v2/app/manifests/x'))
    expect(f.events.flatMap((event) => (event.kind === 'note' ? [event.note.code] : []))).toEqual(['CACHE_IMPORT_FAILED'])
    const strict = await f.build(text, { cacheFrom: [place], cacheTo: [{ ...place, mode: 'max', ignoreError: false }], cacheClient }).catch((e: unknown) => e)
    expect(isProblem(strict, 'CACHE_EXPORT_FAILED')).toBe(true)
    // Two for this build, and one that may have been on its way when the second failed.
    expect([4, 5]).toContain(asked.length)
  })
})

/** Registries and proxies that do not take a blob in one piece. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { testClient } from '../../test/support/registry/embedded.ts'
import { type Sabotage, sabotaged } from '../../test/support/registry/sabotaged.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024
const lengthOf = (request: IncomingMessage): number => Number(request.headers['content-length'] ?? 0)

function refusing(status: number, fits: (request: IncomingMessage) => boolean): { readonly sabotage: Sabotage; readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    sabotage: (request, response) => {
      const refused = fits(request)
      if (request.url?.includes('/blobs/') && request.method !== 'HEAD') seen.push(`${request.method} ${lengthOf(request)}${refused ? ' refused' : ''}`)
      if (!refused) return false
      request.resume()
      response.writeHead(status).end()
      return true
    },
  }
}

const wholeBlob = (request: IncomingMessage): boolean => request.method === 'PUT' && request.url?.includes('/blobs/') === true && lengthOf(request) > 0

describe('a blob', () => {
  it.each([405, 413])('is sent in pieces when one piece is refused with %d, and the registry is remembered', async (status) => {
    const { sabotage, seen } = refusing(status, wholeBlob)
    const to = { registry: await sabotaged(sabotage), repository: 'a', tag: '1', tags: ['1'] }
    const client = testClient()
    await push(await randomImage({ layers: 1, bytes: 14 * MiB }), to, { client, signal, parallel: 1 })
    expect(await validate(await pull(to, { client, signal }), { signal })).toEqual([])
    expect(seen.filter((line) => line.endsWith('refused')).length).toBe(1)
    expect(seen).toContain(`PATCH ${8 * MiB}`)
  })

  it('is sent in smaller pieces when even those are too large', async () => {
    const { sabotage, seen } = refusing(413, (request) => lengthOf(request) > MiB)
    const to = { registry: await sabotaged(sabotage), repository: 'a', tag: '1', tags: ['1'] }
    const client = testClient()
    await push(await randomImage({ layers: 1, bytes: 14 * MiB }), to, { client, signal, parallel: 1 })
    expect(await validate(await pull(to, { client, signal }), { signal })).toEqual([])
    expect(seen.filter((line) => line === `PATCH ${MiB}`).length).toBeGreaterThanOrEqual(9)
  })

  it('is given up when nothing is small enough, and no tag appears', async () => {
    const { sabotage } = refusing(413, (request) => lengthOf(request) > 100_000)
    const to = { registry: await sabotaged(sabotage), repository: 'a', tag: '1', tags: ['1'] }
    const client = testClient()
    await expect(push(await randomImage({ layers: 1, bytes: 2 * MiB }), to, { client, signal })).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
    await expect(pull(to, { client, signal })).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  it('is not sent again in pieces when its digest was wrong', async () => {
    const { sabotage, seen } = refusing(400, wholeBlob)
    const to = { registry: await sabotaged(sabotage), repository: 'a', tags: ['1'] }
    await expect(push(await randomImage({ layers: 1 }), to, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
    expect(seen.some((line) => line.startsWith('PATCH'))).toBe(false)
  })
})

/**
 * Every fault at every place of a push and a pull. For a while: the work is completed. For good: one clear error, the tag points at
 * a whole image (the old one, unless only the answer was lost), and no message holds a credential.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fixedCredentials, type TestClientOptions, testClient } from '../../test/support/registry/embedded.ts'
import { sabotaged } from '../../test/support/registry/sabotaged.ts'
import { isProblem } from '../base/problem.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { basicAuth } from './server/access-rule.ts'

const signal = new AbortController().signal
const password = 's3cret-word'
const basic = Buffer.from(`ann:${password}`).toString('base64')
const auth = fixedCredentials({ kind: 'basic', username: 'ann', password })
const always = Number.POSITIVE_INFINITY

/** True when it took the request over. */
type Fault = (request: IncomingMessage, response: ServerResponse) => boolean

const about = (method: string, what: string) => (request: IncomingMessage) => request.method === method && request.url?.includes(what) === true

const places = {
  'when asked for the manifest': about('HEAD', '/manifests/sha256'),
  'when asked for a blob': about('HEAD', '/blobs/'),
  'at the start of an upload': about('POST', '/blobs/uploads/'),
  'at a blob': about('PUT', '/blobs/uploads/'),
  'at the manifest': about('PUT', '/manifests/'),
} as const

/** Repeats what it was told: a careless server that would leak it into our messages. */
const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}): Fault =>
  (request, response) => {
    request.resume()
    const message = `what is ${request.headers.authorization}, and ${password}?`
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : JSON.stringify({ errors: [{ code: 'UNKNOWN', message }] }))
    return true
  }

const faults: Readonly<Record<string, { readonly fault: Fault; readonly code: string; readonly times?: number }>> = {
  'is cut before the answer': { fault: ({ socket }) => Boolean(socket.destroy()), code: 'REGISTRY_UNREACHABLE' },
  'is cut in the headers of the answer': {
    fault: (request, response) => {
      request.resume().on('end', () => response.socket?.end('HTTP/1.1 201 Created\r\nlocat'))
      return true
    },
    code: 'REGISTRY_UNREACHABLE',
  },
  'is cut in the middle of what it sends': {
    fault: (request) => {
      request.once('data', () => request.socket.destroy()).once('end', () => request.socket.destroy())
      return true
    },
    code: 'REGISTRY_UNREACHABLE',
  },
  'loses the answer': {
    fault: (request, response) => {
      response.writeHead = () => {
        request.socket.destroy()
        return response
      }
      return false
    },
    code: 'REGISTRY_UNREACHABLE',
  },
  'is refused with 401': { fault: answers(401, { 'www-authenticate': 'Basic realm="x"' }), code: 'REGISTRY_UNAUTHORIZED', times: 1 },
  'is told to wait with 429': { fault: answers(429, { 'retry-after': '2' }), code: 'REGISTRY_RATE_LIMITED' },
  'meets a storm of 503': { fault: answers(503, { 'retry-after': '1' }), code: 'REGISTRY_FAILED', times: 4 },
  'meets 500': { fault: answers(500), code: 'REGISTRY_FAILED' },
  'meets 502 of a proxy': { fault: answers(502, { 'content-type': 'text/html' }), code: 'REGISTRY_FAILED' },
}

const to = { repository: 'acme/app', tag: '1', tags: ['1'] }
const old = randomImage({ seed: 1, layers: 1, bytes: 50_000 })
const next = randomImage({ seed: 2, layers: 1, bytes: 50_000 })

/** A registry that has the old image under the tag; the fault sets in with `arm`. */
async function drilled(place: (request: IncomingMessage) => boolean, fault: Fault, o: TestClientOptions = {}) {
  let left = 0
  const registry = await sabotaged((request, response) => left > 0 && place(request) && left-- > 0 && fault(request, response), {
    auth: basicAuth({ ann: password }),
  })
  const client = testClient({ auth, ...o })
  const target = { ...to, registry }
  await push(await old, target, { client, signal })
  return {
    target,
    client,
    arm: (times: number) => {
      left = times
    },
    /** Digest of a whole image, read without the fault. */
    tagged: async () => {
      left = 0
      const view = await pull(target, { client: testClient({ auth }), signal })
      expect(await validate(view, { signal })).toEqual([])
      return view.digest()
    },
  }
}

function expectClean(error: unknown): void {
  const { message, stack, cause } = error instanceof Error ? error : expect.fail('no error')
  const diagnostic = isProblem(error) ? error.diagnostic : undefined
  expect(`${message}${stack}${JSON.stringify([cause, diagnostic])}`).not.toMatch(new RegExp(`${password}|${basic}`))
}

const cases = Object.entries(places).flatMap(([where, place]) => Object.entries(faults).map(([what, rest]) => ({ what, where, place, ...rest })))

describe('a push', () => {
  it.each(cases)('that $what $where is completed when it passes', async ({ place, fault, times = 2 }) => {
    const { arm, client, target, tagged } = await drilled(place, fault)
    arm(times)
    await push(await next, target, { client, signal, parallel: 1 })
    expect(await tagged()).toBe(await (await next).digest())
  })

  it.each(cases)('that $what $where for good ends with one error and a whole image', async ({ place, fault, code, what, where }) => {
    const { arm, client, target, tagged } = await drilled(place, fault)
    arm(always)
    const error = await push(await next, target, { client, signal }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expectClean(error)
    const moved = what === 'loses the answer' && where === 'at the manifest'
    expect(await tagged()).toBe(await (await (moved ? next : old)).digest())
  })

  it('that meets a registry which stops reading goes on with a new connection', async () => {
    const { arm, client, target, tagged } = await drilled(places['at a blob'], ({ socket }) => Boolean(socket.pause()), { waits: { headersTimeout: 300 } })
    arm(1)
    await push(await randomImage({ seed: 3, layers: 1, bytes: 10_000_000 }), target, { client, signal })
    expect(await tagged()).not.toBe(await (await old).digest())
  })

  it('ends at once when it is told to, wherever it waits', async () => {
    const { arm, client, target, tagged } = await drilled(places['at the manifest'], () => true)
    arm(always)
    const stop = new AbortController()
    const pushing = push(await next, target, { client, signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 100)
    await expect(pushing).rejects.toThrow('enough')
    expect(await tagged()).toBe(await (await old).digest())
  })

  it('whose registry tells another digest for the manifest is an error', async () => {
    const lie: Fault = (_request, response) => {
      const write = response.writeHead.bind(response) as (status: number, headers: object) => ServerResponse
      const told = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` }
      response.writeHead = ((status: number, headers: object) => write(status, { ...headers, ...told })) as typeof response.writeHead
      return false
    }
    const { arm, client, target } = await drilled(places['at the manifest'], lie)
    arm(always)
    await expect(push(await next, target, { client, signal })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  it('asks a registry that waits longer than a minute no more', async () => {
    const { arm, client, target, tagged } = await drilled(places['at the manifest'], answers(429, { 'retry-after': '3600' }))
    arm(always)
    await expect(push(await next, target, { client, signal })).rejects.toMatchObject({ code: 'REGISTRY_RATE_LIMITED' })
    expect(await tagged()).toBe(await (await old).digest())
  })
})

describe('a pull', () => {
  const reads = { 'at the manifest': about('GET', '/manifests/'), 'at a blob': about('GET', '/blobs/') }
  const answered = Object.entries(faults).filter(([what]) => what !== 'is cut in the middle of what it sends')
  const all = Object.entries(reads).flatMap(([where, place]) => answered.map(([what, rest]) => ({ what, where, place, ...rest })))

  it.each(all)('that $what $where is completed when it passes', async ({ place, fault, times = 2 }) => {
    const { arm, client, target } = await drilled(place, fault)
    arm(times)
    expect(await validate(await pull(target, { client, signal }), { signal })).toEqual([])
  })

  it.each(all)('that $what $where for good ends with one error', async ({ place, fault, code }) => {
    const { arm, client, target } = await drilled(place, fault)
    arm(always)
    const read = async () => {
      const view = await pull(target, { client, signal })
      return view.kind === 'image' ? view.config() : expect.fail('an index')
    }
    const error = await read().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expectClean(error)
  })

  it('whose registry falls silent in the middle of a blob takes up where it was', async () => {
    const half: Fault = (_request, response) => {
      const write = response.write.bind(response)
      let begun = false
      response.write = ((chunk: Buffer) => {
        if (!begun) write(chunk.subarray(0, 100))
        begun = true
        return true
      }) as typeof response.write
      response.end = (() => response) as typeof response.end
      return false
    }
    const { arm, client, target } = await drilled(reads['at a blob'], half, { waits: { bodyTimeout: 300 } })
    arm(2)
    expect(await validate(await pull(target, { client, signal }), { signal })).toEqual([])
  })
})

describe('a credential', () => {
  /** Another host, which keeps what it is sent. */
  async function stranger(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const seen: { readonly line: string; readonly headers: IncomingMessage['headers'] }[] = []
    const server = createServer((request, response) => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers })
      request.resume()
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close().closeAllConnections())
    return { seen, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  function expectUntold(seen: readonly { readonly headers: object }[]): void {
    expect(seen.length).toBeGreaterThan(0)
    expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${password}|${basic}|authorization`, 'i'))
  }

  it.each([301, 302, 303, 307, 308])('does not follow a blob to another host, by %d', async (status) => {
    const other = await stranger((_request, response) => response.writeHead(404).end())
    const { arm, client, target } = await drilled(about('GET', '/blobs/'), (request, response) => {
      response.writeHead(status, { location: `${other.origin}${request.url}?signature=x` }).end()
      return true
    })
    arm(always)
    const view = await pull(target, { client, signal })
    await expect(view.kind === 'image' && view.config()).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    expectUntold(other.seen)
  })

  it.each(['Basic', 'Bearer'])('is not given to another host that asks for it, %s', async (scheme) => {
    const other = await stranger((request, response) =>
      response.writeHead(401, { 'www-authenticate': `${scheme} realm="http://${request.headers.host}/token",service="x"` }).end('{"token": "t"}'),
    )
    const { arm, client, target } = await drilled(about('GET', '/blobs/'), (request, response) => {
      response.writeHead(307, { location: `${other.origin}${request.url}` }).end()
      return true
    })
    arm(always)
    const view = await pull(target, { client, signal })
    const error = await (view.kind === 'image' ? view.config() : expect.fail('an index')).catch((reason: unknown) => reason)
    expectClean(error)
    expectUntold(other.seen)
  })

  it('does not follow an upload or a list to another host', async () => {
    const other = await stranger((_request, response) => response.writeHead(400).end())
    const { arm, client, target, tagged } = await drilled(places['at the start of an upload'], (_request, response) => {
      response.writeHead(202, { location: `${other.origin}/upload?state=x` }).end()
      return true
    })
    arm(always)
    const error = await push(await next, target, { client, signal }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'REGISTRY_REFUSED' })
    expectClean(error)
    expectUntold(other.seen)
    expect(await tagged()).toBe(await (await old).digest())
  })

  it('in any form is kept out of what a token service says', async () => {
    const service = await stranger((request, response) =>
      response.writeHead(403).end(JSON.stringify({ errors: [{ code: 'DENIED', message: `${request.headers.authorization} means ${password}` }] })),
    )
    const challenge = { 'www-authenticate': `Bearer realm="${service.origin}/token",service="x"` }
    const { arm, target } = await drilled(() => true, answers(401, challenge))
    arm(always)
    const error = await pull(target, { client: testClient({ auth }), signal }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'REGISTRY_TOKEN_REFUSED' })
    expectClean(error)
  })
})

/** What only a real connection shows: bodies that are too large or never end, addresses that lead elsewhere, streams, a port that is taken. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { knownRun, servedApp } from '../../test/support/served-app.ts'
import { tempProject } from '../../test/support/temp-project.ts'
import { type Listening, listen } from './listen.ts'
import { readPage } from './page-files.ts'

async function open(
  o: { readonly page?: string; readonly bytes?: number; readonly ms?: number } = {},
): Promise<Listening & { readonly port: number; readonly orders: readonly string[] }> {
  const { parts, orders } = await servedApp()
  const limits = { bytes: o.bytes ?? 1000, ms: o.ms ?? 5000 }
  const page = o.page === undefined ? {} : { page: await readPage(o.page) }
  const server = await listen({ parts, names: new Set(['localhost', '127.0.0.1']), limits, tell: () => undefined, ...page }, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => server.close())
  return { ...server, port: Number(new URL(server.url).port), orders }
}

/** Byte by byte as it is written here: no client puts it right. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return text(socket)
}

const post = (port: number, more: string): string =>
  `POST /api/runs HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\nContent-Type: application/json\r\n${more}`

describe('bodies', () => {
  it('that say they are too large are refused before they come', async () => {
    const { port, orders } = await open()
    const answer = await raw(port, post(port, 'Content-Length: 100000000\r\n\r\n{'))
    expect(answer).toMatch(/^HTTP\/1.1 413 [\s\S]*API_BODY_LARGE/)
    expect(orders).toEqual([])
  })

  it('that do not say it are refused when they are', async () => {
    const { port, orders } = await open()
    const chunk = `400\r\n${' '.repeat(1024)}\r\n`
    expect(await raw(port, post(port, `Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`))).toMatch(/^HTTP\/1.1 413 /)
    expect(orders).toEqual([])
  })

  it('that do not end are not waited for', async () => {
    const { port, orders } = await open({ ms: 200 })
    const began = Date.now()
    expect(await raw(port, post(port, 'Content-Length: 30\r\n\r\n{"pipeline": '))).toMatch(/^HTTP\/1.1 408 [\s\S]*API_BODY_SLOW/)
    expect(Date.now() - began).toBeLessThan(3000)
    expect(orders).toEqual([])
  })

  it('that are no JSON, or not what the route takes, are told so', async () => {
    const { url } = await open()
    const send = async (body: string) => {
      const answer = await fetch(`${url}/api/runs`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message] as const
    }
    expect(await send('{')).toEqual([400, expect.stringContaining('no JSON')])
    expect(await send('{"pipeline": 1}')).toEqual([400, expect.stringContaining('body pipeline')])
    expect(await send('{"pipeline": "abc", "command": "rm"}')).toEqual([400, expect.stringContaining('command')])
    expect(await send('{"pipeline": "abc", "inputs": {"a": 1}}')).toEqual([400, expect.stringContaining('inputs.a')])
  })
})

describe('the page', () => {
  const folder = (): string => {
    const place = tempProject({ 'page/index.html': '<p>page</p>', 'page/page-ABCDEFGH.js': `/* ${'x'.repeat(4000)} */`, 'secret.txt': 'not-to-be-told' })
    return place.path('page')
  }

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '//../secret.txt',
    '/page-ABCDEFGH.js/../../secret.txt',
    '/./../secret.txt',
    '/%00/../secret.txt',
    '/secret.txt',
    'http://127.0.0.1/../secret.txt',
  ])('leads nowhere else: %s', async (path) => {
    const { port } = await open({ page: folder() })
    const answer = await raw(port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 (?:400|404) /)
    expect(answer).not.toContain('not-to-be-told')
  })

  it('comes compressed, is kept by name or asked for again, and answers for its own addresses', async () => {
    const { url } = await open({ page: folder() })
    const script = await fetch(`${url}/page-ABCDEFGH.js`)
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('content-encoding')).toBe('gzip')
    expect(await script.text()).toHaveLength(4006)
    const index = await fetch(`${url}/runs/01abc`)
    expect([index.status, await index.text(), index.headers.get('cache-control')]).toEqual([200, '<p>page</p>', 'no-cache'])
    const again = await fetch(`${url}/`, { headers: { 'if-none-match': index.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
    expect((await fetch(`${url}/missing.js`)).status).toBe(404)
  })
})

describe('listening', () => {
  it('says in words that the port is taken', async () => {
    const { port } = await open()
    const { parts } = await servedApp()
    const second = listen({ parts, names: 'any', tell: () => undefined }, { host: '127.0.0.1', port })
    await expect(second).rejects.toMatchObject({ message: expect.stringContaining('the port is taken') })
  })

  it('ends streams and lets the others end when it closes', async () => {
    const { parts } = await servedApp()
    const ending = new AbortController()
    const server = await listen(
      { parts: { ...parts, signal: ending.signal }, names: new Set(['127.0.0.1']), tell: () => undefined },
      { host: '127.0.0.1', port: 0 },
    )
    const stream = await fetch(`${server.url}/api/runs/${knownRun}/events/stream`)
    const reader = stream.body?.getReader()
    await reader?.read()
    ending.abort(new Error('ends'))
    const began = Date.now()
    await server.close()
    expect(Date.now() - began).toBeLessThan(2500)
    await reader?.cancel().catch(() => undefined)
  })
})

import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { embeddedRegistry, testClient } from '../../test/support/registry/embedded.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { proxiesOf, proxyFor } from './proxies.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'

const signal = new AbortController().signal

/** A proxy that finds `*.test` at one address, for plain requests; CONNECT is refused with `tunnel`. */
async function proxy(address: string, tunnel = 403): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = []
  const [host = '', port = ''] = address.split(':')
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '')
    seen.push(`${request.headers['proxy-authorization'] ?? 'nobody'} ${url.host}`)
    const onward = forward(
      { host, port: Number(port), method: request.method ?? 'GET', path: `${url.pathname}${url.search}`, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  server.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${tunnel} No\r\n\r\n`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe('the proxy', () => {
  const proxies = { http: 'http://p:1', https: 'p:2', no: 'acme.com, .sub.org,10.0.0.0/8,[2001:db8::1]:5000,192.168.1.1,lab:5000' }
  it.each([
    ['https://ghcr.io/v2/', 'http://p:2/'],
    ['http://registry:5000', 'http://p:1/'],
    ['https://acme.com', undefined],
    ['https://r.acme.com:8443', undefined],
    ['https://notacme.com', 'http://p:2/'],
    ['https://sub.org', 'http://p:2/'],
    ['https://x.sub.org', undefined],
    ['https://10.1.2.3', undefined],
    ['https://11.1.2.3', 'http://p:2/'],
    ['https://192.168.1.1:5000', undefined],
    ['https://[2001:db8::1]:5000', undefined],
    ['https://[2001:db8::1]:5001', 'http://p:2/'],
    ['http://lab:5000', undefined],
    ['http://lab:5001', 'http://p:1/'],
    ['http://localhost:5000', undefined],
    ['http://127.0.0.1', undefined],
    ['http://[::1]:80', undefined],
  ])('for %s is %s', (url, expected) => {
    expect(proxyFor(new URL(url), proxies)?.href).toBe(expected)
  })

  it('is none without variables, with an empty one, and with a star', () => {
    const url = new URL('https://ghcr.io')
    expect(proxyFor(url, proxiesOf({}))).toBeUndefined()
    expect(proxyFor(url, proxiesOf({ HTTPS_PROXY: '', http_proxy: 'http://p' }))).toBeUndefined()
    expect(proxyFor(url, proxiesOf({ HTTPS_PROXY: 'http://p', NO_PROXY: '*' }))).toBeUndefined()
    expect(proxyFor(url, proxiesOf({ HTTPS_PROXY: 'http://old', https_proxy: 'http://new' }))?.host).toBe('new')
  })

  it('carries pushes and pulls, with its own credentials', async () => {
    const { registry } = await embeddedRegistry()
    const { url, seen } = await proxy(registry)
    const client = testClient({ proxies: { http: url.replace('http://', 'http://ann:p%40w@') }, hosts: [{ match: 'far.test', plainHttp: true }] })
    const to = { registry: 'far.test', repository: 'a', tag: '1', tags: ['1'] }
    await push(await randomImage({ layers: 2, bytes: 300_000 }), to, { client, signal })
    expect(await validate(await pull(to, { client, signal }), { signal })).toEqual([])
    expect(new Set(seen)).toEqual(new Set([`Basic ${Buffer.from('ann:p@w').toString('base64')} far.test`]))
  })

  it('that refuses, or is not there, is named in the message', async () => {
    const { url } = await proxy('127.0.0.1:1', 407)
    const to = { registry: 'far.test', repository: 'a', tag: '1' }
    const refused = await pull(to, { client: testClient({ proxies: { https: url } }), signal }).catch((error: unknown) => String(error))
    expect(refused).toContain(`far.test (through the proxy ${new URL(url).host}) cannot be reached: the proxy answers with status 407`)
    const missing = await pull(to, { client: testClient({ proxies: { https: 'http://ann:s3cret@127.0.0.1:1' } }), signal }).catch((error: unknown) =>
      String(error),
    )
    expect(missing).toContain('far.test (through the proxy 127.0.0.1:1) cannot be reached: nothing listens there')
    expect(missing).not.toContain('s3cret')
  })
})

/** A registry that is reached only through a proxy: HTTPS_PROXY with CONNECT, its own credentials, NO_PROXY, as the variables of the command. */
import { connect, createServer, type Socket } from 'node:net'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { real } from '../../support/real.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { runProgram } from '../support/run-program.ts'
import { type Authority, makeAuthority } from './certificates.ts'
import { type RealRegistry, startRegistry } from './start-registry.ts'

const registryProgram = real('docker-registry', { apt: 'docker-registry' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const options = registryProgram.missing === undefined ? openssl.options : registryProgram.options
const name = 'registry.far.test'
const login = `Basic ${Buffer.from('ann:p@ss:word').toString('base64')}`

interface Proxy {
  readonly port: number
  /** Heads of the requests, and how many bytes went through each tunnel. */
  readonly heads: string[]
  readonly bytes: () => number
  close(): void
}

/** Tunnels to one port of this machine, whatever host is asked for, for those who know the password. */
async function connectProxy(to: number): Promise<Proxy> {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  let bytes = 0
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => undefined)
    client.once('data', (first) => {
      const head = first.toString('latin1')
      heads.push(head)
      if (!head.startsWith(`CONNECT ${name}:443 `)) return client.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      if (!head.toLowerCase().includes(`proxy-authorization: ${login.toLowerCase()}`)) return client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      const onward = connect(to, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
      sockets.add(onward)
      onward.on('error', () => client.destroy())
      client.on('data', (chunk) => {
        bytes += chunk.length
      })
      client.pipe(onward).pipe(client)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: typeof address === 'object' && address !== null ? address.port : 0, heads, bytes: () => bytes, close }
}

describe('a registry behind a proxy', options, () => {
  let project: TempProject
  let authority: Authority
  let registry: RealRegistry
  let proxy: Proxy
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    registry = await startRegistry(registryProgram.path, { tls: authority.issue('server', [name]) })
    proxy = await connectProxy(Number(registry.host.split(':')[1]))
    project = tempProject({ '.slipway/config.yaml': `hosts:\n  - {match: ${name}, ca: ca.pem}\n`, 'ca.pem': authority.cert })
    await writeArchive(project.path('app.tar'), [{ view: await randomImage({ bytes: 200_000 }), refs: [] }], {
      signal: new AbortController().signal,
      durability: 'fast',
    })
  })
  afterAll(async () => {
    proxy?.close()
    await registry?.stop()
    authority?.remove()
    project?.remove()
  })

  const slipway = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const none = { http_proxy: '', https_proxy: '', no_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' }
    return runProgram(process.execPath, [`${process.cwd()}/src/main/cli.ts`, ...args], {
      cwd: project.dir,
      env: { SLIPWAY_HOME: project.path('home'), ...none, ...env },
    })
  }
  const through = (password = 'p%40ss%3Aword') => ({ HTTPS_PROXY: `http://ann:${password}@127.0.0.1:${proxy.port}` })

  it('is pushed to and pulled from through the tunnel, with TLS to the registry itself', async () => {
    const pushed = await slipway(['push', 'app.tar', `${name}/acme/app:1`], through())
    expect([pushed.code, pushed.err]).toEqual([0, ''])
    expect(proxy.heads.every((head) => head.startsWith(`CONNECT ${name}:443 `))).toBe(true)
    expect(proxy.bytes()).toBeGreaterThan(200_000)
    const pulled = await slipway(['pull', `${name}/acme/app:1`], through())
    expect([pulled.code, pulled.err]).toEqual([0, ''])
  })

  it('is asked for directly when NO_PROXY says so', async () => {
    const before = proxy.heads.length
    const { code, err } = await slipway(['pull', `${name}/acme/app:1`], { ...through(), NO_PROXY: '.far.test' })
    expect([code, err, proxy.heads.length]).toEqual([1, expect.stringContaining('REGISTRY_UNREACHABLE'), before])
  }, 60_000)

  it('is not reached with a wrong password of the proxy, which no message repeats', async () => {
    const { code, err } = await slipway(['pull', `${name}/acme/app:1`], through('wrong-p4ss'))
    expect([code, err]).toEqual([1, expect.stringContaining('407')])
    expect(err).not.toContain('wrong-p4ss')
  }, 60_000)
})

import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { selfSigned } from '../../test/support/cloud/self-signed.ts'
import { acceptSocket } from '../../test/support/kubernetes/scripted/web-socket.ts'
import { systemClock } from '../main/system-clock.ts'
import { openCluster } from './connection.ts'
import { execute, executeShort } from './exec.ts'

/** Takes every command, and hears nothing of what comes after: as some do while the command waits for its input. */
async function deafServer() {
  const lines: Duplex[] = []
  const accepted = Promise.withResolvers<void>()
  const server = createServer().on('upgrade', (request, stream) => {
    lines.push(stream)
    acceptSocket(stream, String(request.headers['sec-websocket-key']), 'v4.channel.k8s.io')
    stream.removeAllListeners('data').resume()
    accepted.resolve()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const access = {
    name: 'deaf',
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    namespace: 'default',
    tls: {},
    headers: async () => ({}),
  }
  const asyncDispose = async (): Promise<void> => {
    for (const line of lines) line.destroy()
    server.close()
  }
  return { access, lines, accepted: accepted.promise, [Symbol.asyncDispose]: asyncDispose }
}

const moments = ['the line to the server stands', 'it has turned to HTTP/1.1', 'it has asked for the web socket'] as const

/** Speaks HTTP/2 to whoever can, and has web sockets in HTTP/1.1 only, as API servers do. It opens none: `reached` is called at each moment on the way. */
async function hesitantServer(reached: (moment: (typeof moments)[number]) => void) {
  const { key, certificate } = selfSigned('hesitant')
  const lines = new Set<Duplex>()
  const server = createSecureServer({ key, cert: certificate, allowHTTP1: true }, (_, response) => void response.end('{}'))
  server.on('session', () => reached(moments[0]))
  server.on('secureConnection', (line) => line.alpnProtocol !== 'h2' && reached(moments[1]))
  server.on('upgrade', () => reached(moments[2]))
  server.on('connection', (line) => void lines.add(line))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    access: {
      name: 'hesitant',
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      namespace: 'default',
      tls: { skipVerify: true },
      headers: async () => ({}),
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const line of lines) line.destroy()
      server.close()
    },
  }
}

const command = { namespace: 'default', pod: 'one', container: 'a', command: ['sh'], input: Buffer.from('text') }

describe('a command in a pod', () => {
  it('is not waited for once its signal aborts, whatever the server does', async () => {
    await using server = await deafServer()
    const cluster = openCluster(server.access, { clock: systemClock })
    const stop = new AbortController()
    const short = executeShort(cluster, command, { signal: stop.signal })
    const { output, errors, ended } = await execute(cluster, command, { signal: stop.signal })
    for (const stream of [output, errors]) stream.resume()
    await server.accepted
    // So that the first of them is past its opening too.
    await systemClock.sleep(100, { signal: new AbortController().signal })
    stop.abort(new Error('given up'))
    await Promise.all([short, ended].map((one) => expect(one).rejects.toThrow('given up')))
    expect(server.lines.map((line) => line.destroyed)).toEqual([false, false])
    // As when the pod goes, which ends its lines.
    for (const line of server.lines) line.destroy()
    await cluster.close()
  }, 20_000)

  it.each(moments)(
    'is not waited for if that happens as %s, and others go on',
    async (moment) => {
      const stop = new AbortController()
      await using server = await hesitantServer((reached) => reached === moment && stop.abort(new Error('given up')))
      const cluster = openCluster(server.access, { clock: systemClock })
      await expect(execute(cluster, command, { signal: stop.signal })).rejects.toThrow('given up')
      const get = { verb: 'get', resource: 'pods', namespace: 'default', path: '/api/v1/namespaces/default/pods/one' } as const
      expect(await cluster.json(get, { signal: new AbortController().signal })).toEqual({})
      await cluster.close()
    },
    20_000,
  )
})

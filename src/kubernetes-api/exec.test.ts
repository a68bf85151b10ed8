import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
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
})

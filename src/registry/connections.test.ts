/** Connections are used again, also after questions without an answer's body, and a server that sends one all the same is put up with. */
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { testClient } from '../../test/support/registry/embedded.ts'
import { digestOf } from '../oci/digest.ts'
import { hasBlob } from './blobs.ts'

const signal = new AbortController().signal
const blobs = Array.from({ length: 12 }, (_, i) => digestOf(`blob ${i}`))

describe('connections', () => {
  it('are kept after HEAD', async () => {
    const connections = new Set<unknown>()
    const server = createServer((request, response) => {
      connections.add(request.socket)
      response.writeHead(200, { 'content-length': '5' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const repository = testClient().repository({ registry: address, repository: 'app' }, ['pull'])
    for (const blob of blobs) expect(await hasBlob(repository, blob, { signal })).toBe(true)
    expect(connections.size).toBeLessThanOrEqual(2)
  })

  it('are given up when a server answers HEAD with a body', async () => {
    let asked = 0
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        for (const _ of bytes.toString().matchAll(/HEAD /g)) {
          asked++
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello')
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const repository = testClient().repository({ registry: address, repository: 'app' }, ['pull'])
    for (const blob of blobs) expect(await hasBlob(repository, blob, { signal })).toBe(true)
    expect(asked).toBeGreaterThanOrEqual(blobs.length)
  })
})

import { type AddressInfo, createServer, type Server } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { answers } from './answers.ts'

const { signal } = new AbortController()

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it('takes what a service says and leaves without a reset', async () => {
  const ended: string[] = []
  const server = createServer((socket) => {
    socket.on('error', (error) => ended.push(error.message)).on('close', () => ended.push('closed'))
    // Longer than the moment in which the other side has its answer.
    setTimeout(() => socket.end('hello\n'), 50)
    socket.resume()
  })
  expect(await answers(await listening(server), signal)).toBe(true)
  await expect.poll(() => ended).toEqual(['closed'])
})

it('says no where nobody listens', async () => {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  expect(await answers(port, signal)).toBe(false)
})

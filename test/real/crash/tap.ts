/** A way to a server that counts what passes, and lets no more pass from some byte on: moments that no machine is too slow or too busy for. */
import { connect, createServer, type Socket } from 'node:net'

export type Direction = 'down' | 'up'

export interface Tap {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Bytes that have passed since `open`. */
  passed(direction: Direction): number
  /** Counts from the beginning and lets everything pass; with a limit, so many bytes. Resolves when they have passed and no more will. */
  open(limit?: { readonly direction: Direction; readonly bytes: number }): Promise<void>
  close(): Promise<void>
}

/** `address`: HOST:PORT of the server. */
export async function tap(address: string): Promise<Tap> {
  const [host = '', port = ''] = address.split(':')
  const sockets = new Set<Socket>()
  let passed: Record<Direction, number> = { down: 0, up: 0 }
  let limit: { readonly direction: Direction; readonly bytes: number; readonly reached: () => void } | undefined
  const pass = (direction: Direction, from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      const room = limit?.direction === direction ? limit.bytes - passed[direction] : chunk.length
      const part = chunk.subarray(0, Math.max(0, room))
      passed[direction] += part.length
      if (part.length > 0 && !to.write(part)) from.pause()
      if (limit?.direction === direction && passed[direction] >= limit.bytes) limit.reached()
    })
    to.on('drain', () => from.resume())
    from.on('error', () => to.destroy())
    from.on('close', () => to.end())
  }
  const server = createServer((client) => {
    const upstream = connect(Number(port), host)
    for (const socket of [client, upstream]) sockets.add(socket.once('close', () => sockets.delete(socket)))
    pass('up', client, upstream)
    pass('down', upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as { readonly port: number }
  return {
    url: `http://127.0.0.1:${own}`,
    passed: (direction) => passed[direction],
    open(wanted) {
      passed = { down: 0, up: 0 }
      limit = undefined
      if (wanted === undefined) return Promise.resolve()
      return new Promise((reached) => {
        limit = { ...wanted, reached }
      })
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A BuildKit that is reached over the network, of a Docker Engine that has one inside. */
import { connect, createServer, type Server } from 'node:net'

/** The BuildKit of a daemon as one of its own: what a connection says first is what the daemon's API wants for it. */
export function buildkitOf(socket: string): Promise<Server> {
  const server = createServer((incoming) => {
    const daemon = connect(socket)
    const end = (): void => {
      incoming.destroy()
      daemon.destroy()
    }
    for (const one of [incoming, daemon]) one.on('error', end).on('close', end)
    daemon.write('POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    let answer = Buffer.alloc(0)
    const hear = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk])
      const at = answer.indexOf('\r\n\r\n')
      if (at < 0) return
      daemon.off('data', hear)
      incoming.write(answer.subarray(at + 4))
      daemon.pipe(incoming)
      incoming.pipe(daemon)
    }
    daemon.on('data', hear)
  })
  return new Promise((resolve) => void server.listen(0, '127.0.0.1', () => resolve(server)))
}

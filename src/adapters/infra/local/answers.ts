/** Whether a TCP port of this machine takes a connection. */
import { connect, type Socket } from 'node:net'

const longestMs = 5000
const patienceMs = 1000

export async function answers(port: number, signal: AbortSignal): Promise<boolean> {
  // A name is looked up in both families, so that a service on ::1 alone answers too.
  const socket = connect({ port, host: 'localhost', timeout: longestMs })
  try {
    return await new Promise<boolean>((resolve) => {
      for (const event of ['error', 'timeout', 'close'] as const) socket.once(event, () => resolve(false))
      socket.once('connect', () => resolve(true))
      signal.addEventListener('abort', () => resolve(false), { once: true })
    })
  } finally {
    leave(socket)
  }
}

/** What the service has to say is taken: a reset connection ends services that do not expect one. */
function leave(socket: Socket): void {
  socket.on('error', () => undefined)
  if (socket.connecting) socket.destroy()
  else socket.resume().end()
  setTimeout(() => socket.destroy(), patienceMs).unref()
}

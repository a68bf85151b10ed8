/** The socket of an agent as a RUN is to see it, with the mode and the owner that its --mount says: what comes in is handed on. */
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface AgentSocket {
  readonly socket: string
  close(): Promise<void>
}

/** An agent asks who is there and serves its own user only, so it is this process that asks, whoever the command runs as. */
export async function openAgentSocket(agent: string, o: { readonly mode: number; readonly uid: number; readonly gid: number }): Promise<AgentSocket> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-agent-'))
  const socket = join(folder, 'agent.sock')
  const open = new Set<Socket>()
  const keep = (one: Socket): Socket => {
    open.add(one.on('close', () => open.delete(one)).on('error', () => undefined))
    return one
  }
  const server = createServer((connection) => {
    const far = keep(connect(agent))
    keep(connection).on('close', () => far.destroy())
    far.on('close', () => connection.destroy())
    connection.pipe(far).pipe(connection)
  })
  const close = async (): Promise<void> => {
    for (const one of open) one.destroy()
    await new Promise<void>((done) => server.close(() => done()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))
    if (o.uid !== 0 || o.gid !== 0) await chown(socket, o.uid, o.gid)
    await chmod(socket, o.mode)
    return { socket, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The socket of an agent as a RUN is to see it, with the mode and the owner that its --mount says: what comes in is handed on. */
import { chmod, chown, open, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { errorCode } from '../../media/file-errors.ts'

export interface AgentSocket {
  readonly socket: string
  close(): Promise<void>
}

interface Shown {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Where it is made: on the file system of the RUN, since what cannot be mounted there gets another name. */
  readonly folder: string
  readonly name: string
}

/** An agent asks who is there and serves its own user only, so it is this process that asks, whoever the command runs as. */
export async function openAgentSocket(agent: string, o: Shown): Promise<AgentSocket> {
  const socket = join(o.folder, o.name)
  // Names of sockets are a hundred characters at most.
  const folder = await open(o.folder)
  const connections = new Set<Socket>()
  const keep = (one: Socket): Socket => {
    connections.add(one.on('close', () => connections.delete(one)).on('error', () => undefined))
    return one
  }
  const server = createServer((connection) => {
    const far = keep(connect(agent))
    keep(connection).on('close', () => far.destroy())
    far.on('close', () => connection.destroy())
    connection.pipe(far).pipe(connection)
  })
  const close = async (): Promise<void> => {
    for (const one of connections) one.destroy()
    await new Promise<void>((done) => server.close(() => done()))
    await folder.close()
    await rm(socket, { force: true })
  }
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(`/proc/self/fd/${folder.fd}/${o.name}`, resolve))
    if (o.uid !== 0 || o.gid !== 0) await giveTo(socket, o)
    await chmod(socket, o.mode)
    return { socket, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where there is one id only it stays ours, and the keeper of owners says whose it is. */
async function giveTo(socket: string, { uid, gid }: Shown): Promise<void> {
  try {
    await chown(socket, uid, gid)
  } catch (error) {
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'EPERM') throw error
  }
}

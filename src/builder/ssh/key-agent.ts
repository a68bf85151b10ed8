/** An ssh agent of a build's own: signs with the keys it was given, at a socket that only root of the build reaches, and never hands a key out. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import { knownMessages } from './agent-messages.ts'
import { ecdsaSignature } from './ecdsa-signature.ts'
import type { AgentServer, ParsedKey, SignFlags } from './ssh2.ts'

export interface KeyAgent {
  readonly socket: string
  close(): Promise<void>
}

/** `id` names the keys in messages. Throws BUILD_SSH_SOURCE for a key that cannot be read, with no word of what is in it. */
export async function openKeyAgent(id: string, keys: readonly Uint8Array[]): Promise<KeyAgent> {
  const { parseKeys, agentServer } = await import('./ssh2.ts')
  const parsed = keys.flatMap((bytes) => {
    const found = parseKeys(bytes)
    if (typeof found === 'string') throw problem('BUILD_SSH_SOURCE', { id, reason: found })
    return found
  })
  const folder = await mkdtemp(join(tmpdir(), 'slipway-agent-'))
  const socket = join(folder, 'agent.sock')
  const open = new Set<Socket>()
  const server = createServer((connection) => {
    open.add(connection.on('close', () => open.delete(connection)))
    serve(agentServer(), connection, parsed)
  })
  const close = async (): Promise<void> => {
    for (const connection of open) connection.destroy()
    await new Promise<void>((done) => server.close(() => done()))
    await rm(folder, { recursive: true, force: true })
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve))
  return { socket, close }
}

function serve(agent: AgentServer, connection: Socket, keys: readonly ParsedKey[]): void {
  agent.on('identities', (request) => agent.getIdentitiesReply(request, keys))
  agent.on('sign', (request, asked, data, flags) => {
    const key = keys.find((one) => one.getPublicSSH().equals(asked.getPublicSSH()))
    const signature = key?.sign(data, hashOf(key, flags))
    if (Buffer.isBuffer(signature)) agent.signReply(request, key?.type.startsWith('ecdsa-') === true ? ecdsaSignature(signature) : signature)
    else agent.failureReply(request)
  })
  // A client that speaks something else is not answered.
  agent.on('error', () => connection.destroy())
  connection.on('error', () => undefined)
  const messages = knownMessages().on('error', () => connection.destroy())
  connection.pipe(messages).pipe(agent).pipe(connection)
}

/** The old ssh-rsa means SHA-1, which only a client that asks for nothing better gets. */
function hashOf(key: ParsedKey, { hash }: SignFlags): string | undefined {
  return key.type === 'ssh-rsa' ? (hash ?? 'sha1') : undefined
}

/** The part of the package ssh2 that reads keys and speaks the agent's language. It has no types of its own. */
import ssh2 from 'ssh2'

export interface ParsedKey {
  readonly type: string
  readonly comment: string
  isPrivateKey(): boolean
  getPublicSSH(): Buffer
  sign(data: Buffer, algorithm?: string): Buffer | Error
}

export interface SignFlags {
  readonly hash?: string
}

type Request = object

export interface AgentServer extends NodeJS.ReadWriteStream {
  on(event: 'identities', listener: (request: Request) => void): this
  on(event: 'sign', listener: (request: Request, key: ParsedKey, data: Buffer, flags: SignFlags) => void): this
  on(event: 'error', listener: (error: Error) => void): this
  getIdentitiesReply(request: Request, keys: readonly ParsedKey[]): void
  signReply(request: Request, signature: Buffer): void
  failureReply(request: Request): void
}

interface Ssh2 {
  readonly utils: { parseKey(bytes: Buffer): ParsedKey | readonly ParsedKey[] | Error }
  readonly AgentProtocol: new (isClient: boolean) => AgentServer
}

const library = ssh2 as Ssh2

/** Private keys, or why there are none. */
export function parseKeys(bytes: Uint8Array): readonly ParsedKey[] | string {
  const parsed = library.utils.parseKey(Buffer.from(withoutComment(Buffer.from(bytes).toString('latin1')), 'latin1'))
  if (parsed instanceof Error)
    return /encrypted|passphrase/i.test(parsed.message) ? 'it has a passphrase; add it to an agent and lend that' : 'it is no private key'
  const keys = [parsed].flat() as readonly ParsedKey[]
  return keys.every((key) => key.isPrivateKey()) ? keys : 'it is a public key; the private one is needed'
}

/** A script that writes a key to a file, with a comment behind the expression, writes the comment as well. */
function withoutComment(text: string): string {
  return text.replace(/^(-----END [A-Z0-9 ]*PRIVATE KEY-----)[ \t]+#.*$/m, '$1')
}

export function agentServer(): AgentServer {
  return new library.AgentProtocol(false)
}

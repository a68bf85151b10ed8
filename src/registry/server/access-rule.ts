/** Who may do what at the embedded registry. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { fault, type Reply } from './reply.ts'

export interface Asker {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
}

/** The refusal to send, or undefined when the request may go on. */
export type AccessRule = (asker: Asker) => Reply | undefined

/** User and password for everything. Compared in constant time. */
export function basicAuth(users: Readonly<Record<string, string>>): AccessRule {
  const known = Object.entries(users).map(([user, password]) => hashed(`${user}:${password}`))
  return ({ authorization }) => {
    const [scheme, text] = (authorization ?? '').split(' ')
    const given = scheme?.toLowerCase() === 'basic' ? hashed(Buffer.from(text ?? '', 'base64').toString('utf8')) : undefined
    if (given !== undefined && known.some((one) => timingSafeEqual(one, given))) return undefined
    return fault('UNAUTHORIZED', 'user and password are required', { headers: { 'www-authenticate': 'Basic realm="slipway registry", charset="UTF-8"' } })
  }
}

/** Nothing changes. */
export const readOnly: AccessRule = ({ method }) => {
  return method === 'GET' || method === 'HEAD' ? undefined : fault('UNSUPPORTED', 'this registry is read-only', { headers: { allow: 'GET, HEAD' } })
}

function hashed(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

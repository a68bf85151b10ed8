/** JSON web tokens: those that we sign to prove who we are, and the end of those that we were given. RFC 7519. */
import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto'

export type Algorithm = 'RS256' | 'PS256'

export function signedToken(header: object, claims: object, key: KeyObject, alg: Algorithm): string {
  const text = [{ alg, typ: 'JWT', ...header }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const padding = alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), { key, ...padding }).toString('base64url')}`
}

/** Undefined when the text holds no private key that can be used. */
export function privateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

/** When a token ends, in milliseconds; undefined when it does not say. It is not verified: that is for those who take it. */
export function endOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const end = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined
    return typeof end === 'number' ? end * 1000 : undefined
  } catch {
    return undefined
  }
}

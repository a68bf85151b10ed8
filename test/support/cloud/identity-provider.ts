/** Who vouches for runs: signs identity tokens, and says of any token what is wrong with it. */
import { constants, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

export interface IdentityProvider {
  readonly issuer: string
  readonly privatePem: string
  token(claims: Readonly<Record<string, unknown>>): string
  /** The claims of a token that is signed by us and holds now, or the complaint. */
  judge(token: string, o: { readonly audience: string }): Claims | string
}

export type Claims = Readonly<Record<string, unknown>>

export function identityProvider(issuer: string): IdentityProvider {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    issuer,
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    token(claims) {
      const now = Math.floor(Date.now() / 1000)
      const text = [
        { alg: 'RS256', typ: 'JWT' },
        { iss: issuer, iat: now, exp: now + 300, ...claims },
      ]
        .map(part)
        .join('.')
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`
    },
    judge(token, { audience }) {
      const read = readToken(token, { RS256: publicKey })
      if (typeof read === 'string') return read
      if (read.claims['iss'] !== issuer) return `issuer ${String(read.claims['iss'])}`
      return read.claims['aud'] === audience ? read.claims : `audience ${String(read.claims['aud'])}`
    },
  }
}

export interface ReadToken {
  readonly header: Claims
  readonly claims: Claims
}

type Keys = Readonly<Partial<Record<'RS256' | 'PS256', KeyObject>>>

/** Signature and times; the rest is for those who know what to expect. */
export function readToken(token: string, keys: Keys): ReadToken | string {
  const [head = '', body = '', signature = '', ...more] = token.split('.')
  if (signature === '' || more.length > 0) return 'malformed'
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Claims
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
  const alg = header['alg'] as keyof Keys
  const key = keys[alg]
  if (key === undefined) return `algorithm ${String(alg)}`
  const pss = alg === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), { key, ...pss }, Buffer.from(signature, 'base64url'))) return 'signature'
  const now = Date.now() / 1000
  if (typeof claims['exp'] !== 'number' || claims['exp'] < now) return 'expired'
  if (typeof claims['nbf'] === 'number' && claims['nbf'] > now + 60) return 'not yet valid'
  return { header, claims }
}

export function publicKeyOf(pem: string): KeyObject {
  return createPublicKey(pem)
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

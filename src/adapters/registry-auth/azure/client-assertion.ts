/** The proof that we hold a certificate: a token signed with its key, naming it by its thumbprint. */
import { X509Certificate } from 'node:crypto'
import type { Clock } from '../../../base/clock.ts'
import { privateKey, signedToken } from '../cloud/signed-token.ts'

export type Assertion = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

const lifeSeconds = 600

/** https://learn.microsoft.com/entra/identity-platform/certificate-credentials . `content` is PEM with certificate and key, or the base64 of it. */
export function clientAssertion(
  content: string,
  o: { readonly clientId: string; readonly audience: string; readonly clock: Clock; readonly id: string },
): Assertion {
  const pem = content.includes('-----BEGIN') ? content : Buffer.from(content, 'base64').toString('utf8')
  const key = privateKey(pem)
  const text = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(pem)?.[0]
  if (text === undefined) return { ok: false, reason: 'it holds no certificate in PEM' }
  if (key === undefined) return { ok: false, reason: 'it holds no private key in PEM' }
  const certificate = new X509Certificate(text)
  if (!certificate.checkPrivateKey(key)) return { ok: false, reason: 'its private key belongs to another certificate' }
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
  const now = Math.floor(o.clock.now() / 1000)
  const claims = { aud: o.audience, iss: o.clientId, sub: o.clientId, jti: o.id, nbf: now, iat: now, exp: now + lifeSeconds }
  return { ok: true, text: signedToken({ 'x5t#S256': thumbprint }, claims, key, 'PS256') }
}

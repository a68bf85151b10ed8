/** Digests: content named by the hash of its bytes. Only this file makes the brand. */
import { createHash } from 'node:crypto'
import { type Brand, brandAs } from '../base/brand.ts'
import { problem } from '../base/problem.ts'

export type Digest = Brand<'Digest'>

const hexLengths = { sha256: 64, sha512: 128 } as const
export type DigestAlgorithm = keyof typeof hexLengths

/** Why the text is no digest, or undefined when it is one. */
function fault(text: string): string | undefined {
  const colon = text.indexOf(':')
  if (colon < 0) return 'the algorithm is missing'
  const algorithm = text.slice(0, colon)
  if (!Object.hasOwn(hexLengths, algorithm)) return `the algorithm "${algorithm}" is not known`
  const hex = text.slice(colon + 1)
  const length = hexLengths[algorithm as DigestAlgorithm]
  if (hex.length !== length) return `${algorithm} has ${length} digits, not ${hex.length}`
  return /^[0-9a-f]+$/.test(hex) ? undefined : 'the digits must be lower-case hexadecimal'
}

export function isDigest(text: string): text is Digest {
  return fault(text) === undefined
}

/** Throws DIGEST_INVALID with the reason: digests come from other programs, not from people. */
export function parseDigest(text: string): Digest {
  const reason = fault(text)
  if (reason !== undefined) throw problem('DIGEST_INVALID', { text: text.slice(0, 200), reason })
  return brandAs<Digest>(text)
}

export function algorithmOf(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256'
}

export function hexOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1)
}

/** `sha256:3f2a9c01b7de`: enough for people to tell two digests apart. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':') + 13)
}

export function digestFromHex(algorithm: DigestAlgorithm, hex: string): Digest {
  return parseDigest(`${algorithm}:${hex}`)
}

export function digestOf(bytes: Uint8Array | string, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return digestFromHex(algorithm, createHash(algorithm).update(bytes).digest('hex'))
}

/** Streams that count and hash what flows through them, and that refuse bytes other than the announced ones. */
import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { problem } from '../base/problem.ts'
import { algorithmOf, type Digest, type DigestAlgorithm, digestFromHex } from './digest.ts'

export interface ByteMeter {
  readonly stream: Transform
  /** Valid once the stream has ended. */
  digest(): Digest
  size(): number
}

export function byteMeter(algorithm: DigestAlgorithm = 'sha256'): ByteMeter {
  const hash = createHash(algorithm)
  let size = 0
  let answer: Digest | undefined
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  return {
    stream,
    size: () => size,
    digest: () => {
      answer ??= digestFromHex(algorithm, hash.digest('hex'))
      return answer
    },
  }
}

export interface Expected {
  readonly digest: Digest
  readonly size?: number
}

/** Passes bytes on; fails as soon as there are too many, and at the end when they are too few or not the right ones. */
export function verifier(expected: Expected, what: string): Transform {
  const hash = createHash(algorithmOf(expected.digest))
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (expected.size !== undefined && size > expected.size) {
        return done(problem('SIZE_MISMATCH', { what, expected: expected.size, actual: `${size} or more` }, { retryable: true }))
      }
      hash.update(chunk)
      done(null, chunk)
    },
    flush(done) {
      if (expected.size !== undefined && size !== expected.size) {
        return done(problem('SIZE_MISMATCH', { what, expected: expected.size, actual: size }, { retryable: true }))
      }
      const actual = digestFromHex(algorithmOf(expected.digest), hash.digest('hex'))
      done(actual === expected.digest ? null : problem('DIGEST_MISMATCH', { what, expected: expected.digest, actual }, { retryable: true }))
    },
  })
}

/** The same check for bytes in hand. */
export function verifyBytes(bytes: Uint8Array, expected: Expected, what: string): void {
  if (expected.size !== undefined && bytes.length !== expected.size) throw problem('SIZE_MISMATCH', { what, expected: expected.size, actual: bytes.length })
  const algorithm = algorithmOf(expected.digest)
  const actual = digestFromHex(algorithm, createHash(algorithm).update(bytes).digest('hex'))
  if (actual !== expected.digest) throw problem('DIGEST_MISMATCH', { what, expected: expected.digest, actual })
}

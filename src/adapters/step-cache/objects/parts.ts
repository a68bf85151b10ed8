/** A large body in parts: how large they are, and how far all of them together have come. */
import { Transform } from 'node:stream'
import type { HttpBody } from '../../../registry/http.ts'
import type { Range, Spooled } from './spool.ts'

/** The least that S3 takes is 5 MiB, and a store takes 10,000 parts. */
export const usualPartBytes = 16 * 1024 * 1024
const mostParts = 9000

export interface Part extends Range {
  /** From 1. */
  readonly number: number
}

export function partsOf(bytes: number, partBytes: number): readonly Part[] {
  const size = Math.max(partBytes, Math.ceil(bytes / mostParts))
  const count = Math.max(1, Math.ceil(bytes / size))
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, from: i * size, to: Math.min(bytes, (i + 1) * size) }))
}

/** Bodies of the parts, whose bytes are counted as they are sent. */
export function countedBodies(body: Spooled, progress: (done: number) => void): (range: Range) => HttpBody {
  const sent = new Map<number, number>()
  return (range) => ({
    size: range.to - range.from,
    async open() {
      sent.set(range.from, 0)
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          sent.set(range.from, (sent.get(range.from) ?? 0) + chunk.length)
          progress([...sent.values()].reduce((sum, one) => sum + one, 0))
          done(null, chunk)
        },
      })
      const source = body.open(range)
      source.on('error', (error) => count.destroy(error))
      count.on('close', () => source.destroy())
      return source.pipe(count)
    },
  })
}

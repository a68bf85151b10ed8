/** Joins streams so that an error, an early close or an abort at any place reaches all of them. */
import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The last stream, to be read by the caller; it fails with the first error of the chain or the signal's reason. */
export function join(first: Readable, rest: readonly Duplex[], o: { readonly signal: AbortSignal }): Readable {
  const last = rest.at(-1)
  if (last === undefined) return first
  // The outcome shows on `last`, which the caller reads: pipeline destroys it with the error.
  pipeline([first, ...rest], { signal: o.signal }).catch(() => undefined)
  return last
}

/** Reads to the end, counting only. */
export async function drain(stream: Readable): Promise<number> {
  let size = 0
  for await (const chunk of stream) size += (chunk as Buffer).length
  return size
}

/** All bytes of something small; `limit` guards against something that is not. */
export async function collect(stream: Readable, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += (chunk as Buffer).length
    if (size > limit) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

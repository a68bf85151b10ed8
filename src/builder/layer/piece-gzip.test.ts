/** The parallel compressor: valid for other programs, the same bytes however the input is cut. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { join } from '../../oci/join.ts'
import { pieceGzip } from './piece-gzip.ts'

const o = { signal: new AbortController().signal }

async function compressed(chunks: readonly Buffer[]): Promise<Buffer> {
  const out: Buffer[] = []
  for await (const chunk of join(Readable.from(chunks, { objectMode: false }), pieceGzip.streams(), o)) out.push(chunk as Buffer)
  return Buffer.concat(out)
}

describe('pieceGzip', () => {
  it.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 3_500_000])('gives back %i bytes', async (size) => {
    const bytes = Buffer.concat([Buffer.from('abc'.repeat(size / 6)), randomBytes(size)]).subarray(0, size)
    expect(gunzipSync(await compressed([bytes])).equals(bytes)).toBe(true)
  })

  it('does not depend on how the bytes arrive', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => createHash('md5').update(String(i)).digest('hex').slice(0, 12)).join('\n'))
    const small = Array.from({ length: Math.ceil(bytes.length / 70_000) }, (_, i) => bytes.subarray(i * 70_000, (i + 1) * 70_000))
    expect((await compressed(small)).equals(await compressed([bytes]))).toBe(true)
  })
})

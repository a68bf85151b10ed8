/** The pinned compressor: one member that every program reads, the same bytes however the input is cut and whoever compresses it. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pinnedGzip, type StreamOptions } from './compress.ts'
import { digestOf } from './digest.ts'
import { join } from './join.ts'

const o = { signal: new AbortController().signal }

async function packed(chunks: readonly Buffer[], with_: StreamOptions = {}): Promise<Buffer> {
  return Buffer.concat(await join(Readable.from(chunks, { objectMode: false }), pinnedGzip.streams(with_), o).toArray())
}

const mebibyte = 1024 * 1024
const text = Buffer.from(Array.from({ length: 400_000 }, (_, i) => createHash('md5').update(String(i)).digest('hex').slice(0, 12)).join('\n'))

describe('the pinned compressor', () => {
  it.each([0, 1, 2, 3, 4, 5, mebibyte - 1, mebibyte, mebibyte + 1, 4 * mebibyte, 9_500_000])('gives back %i bytes', async (size) => {
    const bytes = Buffer.concat([Buffer.from('abc'.repeat(size / 6)), randomBytes(size)]).subarray(0, size)
    expect(gunzipSync(await packed([bytes])).equals(bytes)).toBe(true)
  })

  it('does not depend on how the bytes arrive', async () => {
    const small = Array.from({ length: Math.ceil(text.length / 70_001) }, (_, i) => text.subarray(i * 70_001, (i + 1) * 70_001))
    expect((await packed(small)).equals(await packed([text]))).toBe(true)
  })

  it('makes the same bytes in this thread and in others, of one stream or of several at once', async () => {
    const short = text.subarray(0, 2 * mebibyte + 5)
    const long = text.subarray(0, 4 * mebibyte)
    const [here, ...there] = await Promise.all([packed([short]), packed([long]), packed([long]), packed([text])])
    expect(there[0]?.equals(there[1] as Buffer)).toBe(true)
    // The threads are there by now.
    expect((await packed([short])).equals(here as Buffer)).toBe(true)
    expect(gunzipSync(there[2] as Buffer).equals(text)).toBe(true)
  })

  it('is the same on every machine', async () => {
    const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
    expect(sum(text)).toBe('36d1fbc3f038725f')
    expect(sum(await packed([text]))).toBe('58649c8f0d6541c6')
  })

  it('tells the digest of what came in', async () => {
    for (const bytes of [Buffer.alloc(0), text.subarray(0, 100), text]) {
      const digests: string[] = []
      await packed([bytes], { onPlain: (digest) => digests.push(digest) })
      expect(digests).toEqual([digestOf(bytes)])
    }
  })

  it('names no time and no operating system', async () => {
    expect((await packed([text])).subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff')
  })

  it('keeps noise as it is, also between other things', async () => {
    const noise = randomBytes(3 * mebibyte)
    expect((await packed([noise])).length).toBeLessThan(noise.length * 1.0003)
    const mixed = Buffer.concat([text.subarray(0, 100_000), randomBytes(200_000), text.subarray(0, 70_000), randomBytes(20_000), text.subarray(0, 5_000_000)])
    const one = await packed([mixed])
    expect(gunzipSync(one).equals(mixed)).toBe(true)
    const apart = await Promise.all([mixed.subarray(0, 100_000), mixed.subarray(300_000)].map((part) => packed([part])))
    expect(one.length).toBeLessThan(1.01 * apart.reduce((sum, part) => sum + part.length, 200_000))
  })

  it('fails when its input fails', async () => {
    const broken = new Readable({ read() {} })
    broken.push(text)
    setImmediate(() => broken.destroy(new Error('disk gone')))
    await expect(join(broken, pinnedGzip.streams(), o).toArray()).rejects.toThrow('disk gone')
  })
})

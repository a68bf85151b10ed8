/** The pinned compressor: one member that every program reads, the same bytes however the input is cut, noise kept as it is. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pinnedGzip } from './compress.ts'
import { segmentsOf, storedBlocks } from './incompressible.ts'
import { join } from './join.ts'

const o = { signal: new AbortController().signal }

async function packed(chunks: readonly Buffer[]): Promise<Buffer> {
  return Buffer.concat(await join(Readable.from(chunks, { objectMode: false }), pinnedGzip.streams(), o).toArray())
}

const text = Buffer.from(Array.from({ length: 400_000 }, (_, i) => createHash('md5').update(String(i)).digest('hex').slice(0, 12)).join('\n'))

describe('the pinned compressor', () => {
  it.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 9_500_000])('gives back %i bytes', async (size) => {
    const bytes = Buffer.concat([Buffer.from('abc'.repeat(size / 6)), randomBytes(size)]).subarray(0, size)
    expect(gunzipSync(await packed([bytes])).equals(bytes)).toBe(true)
  })

  it('does not depend on how the bytes arrive', async () => {
    const small = Array.from({ length: Math.ceil(text.length / 70_001) }, (_, i) => text.subarray(i * 70_001, (i + 1) * 70_001))
    expect((await packed(small)).equals(await packed([text]))).toBe(true)
  })

  it('names no time and no operating system', async () => {
    expect((await packed([text])).subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff')
  })

  it('stores noise, and nothing else', async () => {
    const noise = randomBytes(3 * 1024 * 1024)
    expect((await packed([noise])).length).toBeLessThan(noise.length * 1.0002)
    // Each byte value equally often, and yet a pattern.
    expect(await segmentsOf(Buffer.alloc(1024 * 1024, randomBytes(4096)))).toEqual([{ from: 0, to: 1024 * 1024, noise: false }])
    expect(await segmentsOf(text.subarray(0, 1024 * 1024))).toEqual([{ from: 0, to: 1024 * 1024, noise: false }])
  })

  it('finds noise between other things', async () => {
    const mixed = Buffer.concat([text.subarray(0, 100_000), randomBytes(200_000), text.subarray(0, 70_000), randomBytes(20_000), text.subarray(0, 5_000_000)])
    const [first, second, third, ...others] = await segmentsOf(mixed.subarray(0, 1024 * 1024))
    expect([first?.noise, second?.noise, third?.noise, others]).toEqual([false, true, false, []])
    expect(first?.to).toBe(7 * 16_384)
    expect(second?.to).toBe(18 * 16_384)
    const one = await packed([mixed])
    expect(gunzipSync(one).equals(mixed)).toBe(true)
    const apart = await Promise.all([mixed.subarray(0, 100_000), mixed.subarray(300_000)].map((part) => packed([part])))
    expect(one.length).toBeLessThan(1.003 * apart.reduce((sum, part) => sum + part.length, 200_000))
  })

  it('stores blocks of any length', () => {
    for (const size of [1, 65_535, 65_536, 200_000]) {
      const blocks = storedBlocks(randomBytes(size))
      expect(blocks.length).toBe(size + 5 * Math.ceil(size / 65_535))
    }
  })

  it('fails when its input fails', async () => {
    const broken = new Readable({ read() {} })
    broken.push(text)
    setImmediate(() => broken.destroy(new Error('disk gone')))
    await expect(join(broken, pinnedGzip.streams(), o).toArray()).rejects.toThrow('disk gone')
  })
})

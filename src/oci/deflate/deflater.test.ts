/** The compiled deflate against Node's inflate: what goes in comes out, whatever it is and however much effort is spent. */
import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pieceSize } from '../pieces.ts'
import { deflateModule, deflater, type Effort, windowSize } from './deflater.ts'

const deflate = deflater(deflateModule())
const efforts: readonly Effort[] = [1, 2, 3]
const lastBlock = Buffer.from([0x03, 0x00])

function back(packed: Uint8Array, before: Uint8Array | undefined): Buffer {
  return inflateRawSync(Buffer.concat([packed, lastBlock]), before === undefined || before.length === 0 ? {} : { dictionary: before })
}

/** Numbers that are always the same, unlike one another. */
function numbers(seed: string): () => number {
  let block = Buffer.alloc(0)
  let at = 0
  let round = 0
  return () => {
    if (at + 4 > block.length) {
      block = createHash('sha512').update(`${seed} ${round++}`).digest()
      at = 0
    }
    at += 4
    return block.readUInt32LE(at - 4)
  }
}

/** Runs, repeats from near and far, text and noise, in turn. */
function mixture(size: number, next: () => number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; ) {
    const length = Math.min(size - at, 1 + (next() % (next() % 4 === 0 ? 5000 : 60)))
    const kind = next() % 5
    if (kind === 0) bytes.fill(next() & 255, at, at + length)
    else if (kind === 1 && at > 0) {
      const from = at - 1 - (next() % Math.min(at, 70_000))
      for (let i = 0; i < length; i++) bytes[at + i] = bytes[from + i] as number
    } else for (let i = 0; i < length; i++) bytes[at + i] = kind === 2 ? next() & 255 : kind === 3 ? 97 + (next() % 7) : next() & next() & 255
    at += length
  }
  return bytes
}

describe('deflate', () => {
  it.each(Array.from({ length: 40 }, (_, i) => i))('gives back what went in, mixture %i', (seed) => {
    const next = numbers(`mixture ${seed}`)
    const whole = mixture(1 + (next() % (seed % 8 === 0 ? pieceSize : 60_000)), next)
    const before = seed % 3 === 0 ? undefined : whole.subarray(0, Math.min(windowSize, next() % whole.length))
    const piece = whole.subarray(before?.length ?? 0)
    for (const effort of efforts) expect(back(deflate(piece, before, effort), before).equals(piece)).toBe(true)
  })

  const special: Readonly<Record<string, Buffer>> = {
    'one byte': Buffer.from([7]),
    'two equal bytes': Buffer.from([7, 7]),
    'a run as long as a piece': Buffer.alloc(pieceSize, 1),
    'all byte values once': Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    'two values in turn': Buffer.alloc(100_000, 'ab'),
    // As deep a tree as there is: each value twice as often as the one before.
    'frequencies of a Fibonacci sequence': strewn(Buffer.concat(Array.from({ length: 22 }, (_, i) => Buffer.alloc(fibonacci(i), i)))),
    'a match of the greatest length at the greatest distance': Buffer.concat([noise(300), Buffer.alloc(32_768 - 300, 0), noise(300)]),
    'a repeat just out of reach': Buffer.concat([noise(300), Buffer.alloc(32_769 - 300, 0), noise(300)]),
    'a repeat 65536 bytes on': Buffer.concat([noise(65_536), noise(65_536)]),
    noise: noise(pieceSize),
  }
  it.each(Object.keys(special))('gives back %s', (name) => {
    const piece = special[name] as Buffer
    for (const effort of efforts) expect(back(deflate(piece, undefined, effort), undefined).equals(piece)).toBe(true)
  })

  it('finds repeats in what was before', () => {
    const before = noise(windowSize)
    const piece = before.subarray(1000, 30_000)
    for (const effort of efforts) expect(deflate(piece, before, effort).length).toBeLessThan(700)
  })

  it('makes no more of noise than a few bytes for each block', () => {
    for (const effort of efforts) expect(deflate(noise(pieceSize), undefined, effort).length).toBeLessThan(pieceSize * 1.0003)
  })

  it('does not remember the piece before', () => {
    const piece = mixture(50_000, numbers('same'))
    const first = efforts.map((effort) => Buffer.from(deflate(piece, undefined, effort)))
    deflate(noise(pieceSize), noise(windowSize), 3)
    efforts.forEach((effort, i) => void expect(Buffer.from(deflate(piece, undefined, effort)).equals(first[i] as Buffer)).toBe(true))
  })

  it('comes out about as small as zlib', () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `line ${i % 977} of ${(i * i) % 4001}: nothing new`).join('\n')).subarray(0, pieceSize)
    for (const [effort, level] of [
      [1, 1],
      [2, 3],
      [3, 4],
    ] as const) {
      expect(deflate(text, undefined, effort).length).toBeLessThan(deflateRawSync(text, { level }).length * 1.1)
    }
  })

  it('refuses more than there is room for', () => {
    expect(() => deflate(Buffer.alloc(pieceSize + 1), undefined, 1)).toThrow(RangeError)
    expect(() => deflate(Buffer.alloc(1), Buffer.alloc(windowSize + 1), 1)).toThrow(RangeError)
  })
})

function noise(size: number): Buffer {
  const parts = Array.from({ length: Math.ceil(size / 64) }, (_, i) => createHash('sha512').update(`noise ${i}`).digest())
  return Buffer.concat(parts).subarray(0, size)
}

function fibonacci(n: number): number {
  return n < 2 ? 1 : fibonacci(n - 1) + fibonacci(n - 2)
}

/** The same bytes in another order, so that few of them repeat what was before. */
function strewn(bytes: Buffer): Buffer {
  const next = numbers('order')
  const order = Array.from(bytes)
  for (let i = order.length - 1; i > 0; i--) {
    const j = next() % (i + 1)
    ;[order[i], order[j]] = [order[j] as number, order[i] as number]
  }
  return Buffer.from(order)
}

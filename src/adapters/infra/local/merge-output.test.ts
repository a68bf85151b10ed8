import { PassThrough, Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { OutputChunk } from '../../../ports/infrastructure.ts'
import { mergeOutput } from './merge-output.ts'

const textOf = ({ stream, bytes }: OutputChunk): string => `${stream}:${Buffer.from(bytes).toString()}`

describe('merged output', () => {
  it('has all of both streams, each in its order', async () => {
    const merged = await Array.fromAsync(mergeOutput(Readable.from([Buffer.from('a'), Buffer.from('b')]), Readable.from([Buffer.from('x')])))
    expect(merged.map(textOf).filter((text) => text.startsWith('out'))).toEqual(['out:a', 'out:b'])
    expect(merged.map(textOf).filter((text) => text.startsWith('err'))).toEqual(['err:x'])
  })

  it('goes on when one stream breaks', async () => {
    async function* broken() {
      yield Buffer.from('x')
      throw new Error('pipe broke')
    }
    const out = new PassThrough()
    const merged = mergeOutput(out, Readable.from(broken()))
    expect(textOf((await merged.next()).value as OutputChunk)).toBe('err:x')
    out.end('still here')
    expect(textOf((await merged.next()).value as OutputChunk)).toBe('out:still here')
    expect((await merged.next()).done).toBe(true)
  })

  it('keeps nothing of what was read while the other stream is silent', async () => {
    const silent = new PassThrough()
    const talks = Readable.from(
      Array.from({ length: 20 }, (_, i) => i),
      { objectMode: true },
    ).map(() => Buffer.alloc(100_000))
    const merged = mergeOutput(talks, silent)
    const seen: WeakRef<object>[] = []
    while (seen.length < 20) seen.push(new WeakRef((await merged.next()).value as OutputChunk))
    // What a WeakRef gave lives until the turn is over.
    await new Promise((resolve) => setImmediate(resolve))
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
    expect(seen.filter((chunk) => chunk.deref() !== undefined).length).toBeLessThan(3)
    silent.end()
    expect((await merged.next()).done).toBe(true)
  })
})

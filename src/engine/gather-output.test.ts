import { describe, expect, it } from 'vitest'
import type { OutputChunk } from '../ports/infrastructure.ts'
import { gatherOutput } from './gather-output.ts'

const chunk = (text: string, stream: 'out' | 'err' = 'out'): OutputChunk => ({ stream, bytes: Buffer.from(text) })
const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const textOf = ({ stream, bytes }: OutputChunk): string => `${stream}:${Buffer.from(bytes).toString()}`

describe('gathered output', () => {
  it('hands over at once what comes, and as one what came meanwhile', async () => {
    async function* output() {
      yield chunk('a')
      yield chunk('b')
      yield chunk('c', 'err')
      yield chunk('d')
    }
    const seen: string[] = []
    for await (const one of gatherOutput(output(), 100)) {
      seen.push(textOf(one))
      await turn()
    }
    expect(seen).toEqual(['out:a', 'out:b', 'err:c', 'out:d'])
  })

  it('lets the process wait when much waits already', async () => {
    let made = 0
    async function* output() {
      for (; made < 100; made++) yield chunk('x'.repeat(10))
    }
    const gathered = gatherOutput(output(), 50)
    await gathered.next()
    for (let i = 0; i < 20; i++) await turn()
    expect(made).toBeLessThan(10)
    let bytes = 10
    for await (const one of gathered) bytes += one.bytes.length
    expect([made, bytes]).toEqual([100, 1000])
  })

  it('ends with the error of the output, after what came before it', async () => {
    async function* output() {
      yield chunk('last words')
      throw new Error('pipe broke')
    }
    const gathered = gatherOutput(output(), 100)
    expect(textOf((await gathered.next()).value as OutputChunk)).toBe('out:last words')
    await expect(gathered.next()).rejects.toThrow('pipe broke')
  })

  it('reads no more when its reader goes away', async () => {
    let made = 0
    async function* output() {
      for (;;) {
        made += 1
        yield chunk('x')
        await turn()
      }
    }
    for await (const _ of gatherOutput(output(), 100)) break
    await turn()
    const before = made
    for (let i = 0; i < 10; i++) await turn()
    expect(made).toBe(before)
  })
})

import { describe, expect, it } from 'vitest'
import { readFrames } from './frames.ts'

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8)
  header.writeUInt8(stream, 0)
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

async function read(chunks: readonly Buffer[], failure?: Error) {
  const source = (async function* () {
    yield* chunks
    if (failure !== undefined) throw failure
  })()
  const texts = { out: '', err: '' }
  for await (const { stream, bytes } of readFrames(source)) texts[stream] += Buffer.from(bytes).toString()
  return texts
}

describe('the output of a container', () => {
  const whole = Buffer.concat([frame(1, 'one '), frame(2, 'wrong'), frame(1, ''), frame(1, 'two')])

  it.each([1, 2, 3, 7, 8, 9, 100])('is two streams again, cut into pieces of %i bytes', async (size) => {
    const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size))
    expect(await read(chunks)).toEqual({ out: 'one two', err: 'wrong' })
  })

  it('ends where it breaks', async () => {
    expect(await read([whole.subarray(0, 10)], new Error('reset'))).toEqual({ out: 'on', err: '' })
  })
})

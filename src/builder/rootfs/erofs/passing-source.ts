/** A tar stream that is read for its headers, while all of its bytes pass on to somebody else first. */
import { type ByteSource, streamSource } from '../../../tar/byte-source.ts'

export interface PassingSource extends ByteSource {
  /** Lets the rest pass; answers how many bytes there were in all. */
  drain(): Promise<number>
}

export function passingSource(stream: AsyncIterable<Uint8Array>, pass: (chunk: Uint8Array) => Promise<void>): PassingSource {
  let total = 0
  const passing = async function* () {
    for await (const chunk of stream) {
      total += chunk.length
      await pass(chunk)
      yield chunk
    }
  }
  const chunks = passing()
  const source = streamSource({ [Symbol.asyncIterator]: () => chunks })
  return Object.assign(source, {
    async drain() {
      for await (const _rest of chunks);
      return total
    },
  })
}

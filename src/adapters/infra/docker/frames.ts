/** The output of a container: frames of eight bytes of header and their text. */
import type { OutputChunk } from '../../../ports/infrastructure.ts'

const streams: Readonly<Record<number, OutputChunk['stream']>> = { 1: 'out', 2: 'err' }

/** A stream that breaks has ended: how the step ended tells the story. */
export async function* readFrames(body: AsyncIterable<Buffer>): AsyncGenerator<OutputChunk> {
  let header = Buffer.alloc(0)
  let left = 0
  let stream: OutputChunk['stream'] = 'out'
  try {
    for await (const chunk of body) {
      let at = 0
      while (at < chunk.length) {
        if (left === 0) {
          const piece = chunk.subarray(at, at + 8 - header.length)
          header = Buffer.concat([header, piece])
          at += piece.length
          if (header.length < 8) break
          stream = streams[header.readUInt8(0)] ?? 'out'
          left = header.readUInt32BE(4)
          header = Buffer.alloc(0)
          continue
        }
        const bytes = chunk.subarray(at, at + left)
        at += bytes.length
        left -= bytes.length
        yield { stream, bytes }
      }
    }
  } catch {
    return
  }
}

/** Two streams of a process as one sequence, in the order in which data arrives, with backpressure on both. */
import type { Readable } from 'node:stream'
import type { OutputChunk } from '../../../ports/infrastructure.ts'

type Next = { readonly from: Reader; readonly chunk: OutputChunk | undefined }
type Reader = () => Promise<Next>

export async function* mergeOutput(out: Readable, err: Readable): AsyncGenerator<OutputChunk> {
  const waiting = new Map([reader('out', out), reader('err', err)].map((read) => [read, read()]))
  while (waiting.size > 0) {
    const { from, chunk } = await Promise.race(waiting.values())
    if (chunk === undefined) waiting.delete(from)
    else {
      waiting.set(from, from())
      yield chunk
    }
  }
}

/** A stream that breaks has ended: the process' exit tells the story. */
function reader(stream: OutputChunk['stream'], readable: Readable): Reader {
  const chunks: AsyncIterator<Uint8Array> = readable[Symbol.asyncIterator]()
  const read: Reader = async () => {
    const next = await chunks.next().catch(() => undefined)
    return { from: read, chunk: next === undefined || next.done === true ? undefined : { stream, bytes: next.value } }
  }
  return read
}

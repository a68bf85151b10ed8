/** Two streams of a process as one sequence, in the order in which data arrives, with backpressure on both. */
import type { Readable } from 'node:stream'
import type { OutputChunk } from '../../../ports/infrastructure.ts'

interface Offer {
  readonly chunk: OutputChunk
  readonly taken: () => void
}

export async function* mergeOutput(out: Readable, err: Readable): AsyncGenerator<OutputChunk> {
  const offers: Offer[] = []
  let open = 2
  let wake = (): void => undefined
  const read = async (stream: OutputChunk['stream'], readable: Readable): Promise<void> => {
    try {
      for await (const bytes of readable) {
        // Not a race of two reads: what lost it would be kept until the silent stream says something.
        await new Promise<void>((taken) => {
          offers.push({ chunk: { stream, bytes }, taken })
          wake()
        })
      }
    } catch {
      // A stream that breaks has ended: the process' exit tells the story.
    }
    open -= 1
    wake()
  }
  void read('out', out)
  void read('err', err)
  try {
    for (;;) {
      const offer = offers.shift()
      if (offer !== undefined) {
        offer.taken()
        yield offer.chunk
      } else if (open === 0) return
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  } finally {
    out.destroy()
    err.destroy()
  }
}

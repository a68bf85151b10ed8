/** Output read ahead of its reader: what comes while the reader is busy reaches it as one chunk, up to a limit, at which the process waits. */
import type { OutputChunk } from '../ports/infrastructure.ts'

export async function* gatherOutput(output: AsyncIterable<OutputChunk>, most: number): AsyncGenerator<OutputChunk> {
  const chunks = output[Symbol.asyncIterator]()
  const waiting: OutputChunk[] = []
  let bytes = 0
  let ended: { readonly error?: unknown } | undefined
  let wake = (): void => undefined
  /** One of the two waits at most: the reader when much is waiting, the writer of events when nothing is. */
  const change = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  const read = async (): Promise<void> => {
    try {
      for (let next = await chunks.next(); next.done !== true && ended === undefined; next = await chunks.next()) {
        waiting.push(next.value)
        bytes += next.value.bytes.length
        wake()
        while (bytes >= most && ended === undefined) await change()
      }
      ended ??= {}
    } catch (error) {
      ended ??= { error }
    }
    wake()
  }
  void read()
  try {
    for (;;) {
      const chunk = takeChunk(waiting)
      if (chunk !== undefined) {
        bytes -= chunk.bytes.length
        wake()
        yield chunk
      } else if (ended === undefined) await change()
      else if ('error' in ended) throw ended.error
      else return
    }
  } finally {
    ended ??= {}
    wake()
    // A process that says nothing would keep this waiting.
    void chunks.return?.().catch(() => undefined)
  }
}

/** A chunk of this size is worth an event of its own: putting two together would only copy them. */
const worthIt = 32 * 1024

/** All that waits of one stream, up to where the other one spoke, or as much as is worth it. */
function takeChunk(waiting: OutputChunk[]): OutputChunk | undefined {
  const [first] = waiting
  if (first === undefined) return undefined
  let [count, bytes] = [0, 0]
  for (const chunk of waiting) {
    if (chunk.stream !== first.stream || bytes + chunk.bytes.length > 2 * worthIt) break
    count += 1
    bytes += chunk.bytes.length
    if (bytes >= worthIt) break
  }
  const taken = waiting.splice(0, Math.max(1, count))
  return taken.length === 1 ? first : { stream: first.stream, bytes: Buffer.concat(taken.map(({ bytes }) => bytes)) }
}

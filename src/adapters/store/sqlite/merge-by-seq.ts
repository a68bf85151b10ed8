/** Two ordered sequences of one run's events as one, in order of `seq`, with only one element of each held. */
import type { Recorded } from '../../../events/run-event.ts'

export async function* mergeBySeq(left: Iterable<Recorded>, right: AsyncIterable<Recorded>): AsyncGenerator<Recorded> {
  const events = left[Symbol.iterator]()
  const output = right[Symbol.asyncIterator]()
  try {
    let a = events.next()
    let b = await output.next()
    while (a.done !== true || b.done !== true) {
      if (b.done === true || (a.done !== true && a.value.seq < b.value.seq)) {
        if (a.done === true) return
        yield a.value
        a = events.next()
      } else {
        yield b.value
        b = await output.next()
      }
    }
  } finally {
    events.return?.()
    await output.return?.()
  }
}

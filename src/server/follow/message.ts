/** Messages of a stream, as bytes that any number of watchers are sent. */
import type { Recorded } from '../../events/run-event.ts'

const longestText = 64 * 1024

export interface Batch {
  /** Number of the last event before it, and of its last. */
  readonly from: number
  readonly to: number
  readonly bytes: Uint8Array
}

export function batchOf(from: number, events: readonly Recorded[]): Batch {
  const to = events.at(-1)?.seq ?? from
  return { from, to, bytes: Buffer.from(`id: ${to}\ndata: ${JSON.stringify(joinOutput(events))}\n\n`) }
}

export function endMessage(row: object): Uint8Array {
  return Buffer.from(`event: end\ndata: ${JSON.stringify(row)}\n\n`)
}

/** A comment: keeps proxies from taking the silence for an end, and finds out who has gone. */
export const heartbeat: Uint8Array = Buffer.from(': \n\n')

/** How long to wait before a lost stream is asked for again. */
export const greeting: Uint8Array = Buffer.from('retry: 1000\n\n')

/** Neighbouring output of one step is one event: thousands of lines a second cost little more than their letters. */
function joinOutput(events: readonly Recorded[]): readonly Recorded[] {
  const joined: Recorded[] = []
  let pieces: string[] = []
  let length = 0
  const close = (): void => {
    const last = joined.at(-1)
    if (pieces.length > 1 && last?.event.kind === 'step.output') joined[joined.length - 1] = { ...last, event: { ...last.event, text: pieces.join('') } }
    pieces = []
    length = 0
  }
  for (const one of events) {
    const before = joined.at(-1)?.event
    const { event } = one
    const goesOn =
      event.kind === 'step.output' && before?.kind === 'step.output' && before.step === event.step && before.stream === event.stream && length < longestText
    if (goesOn) joined[joined.length - 1] = one
    else {
      close()
      joined.push(one)
    }
    if (event.kind === 'step.output') {
      pieces.push(event.text)
      length += event.text.length
    }
  }
  close()
  return joined
}

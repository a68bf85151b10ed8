/**
 * Where the lines of a step's output are: a mark every thousand lines or so, from which reading may begin. Made by reading the output once,
 * and carried on where it ended while the step goes on printing.
 */
import type { Instant } from '../../base/clock.ts'
import type { RunId } from '../../events/run-event.ts'
import type { History } from '../../ports/history.ts'

/** After the event of this number line `line` begins (counted from 0). */
interface Mark {
  readonly after: number
  readonly line: number
}

export interface LogLine {
  /** Counted from 1. */
  readonly n: number
  readonly text: string
  readonly stream: 'out' | 'err'
  readonly at: Instant
}

export interface LineIndex {
  /** Reads on to the end of what there is now. */
  refresh(): Promise<void>
  /** The last one counts too when it has no end yet. */
  readonly total: number
  /** Number of the last event of it. */
  readonly last: number
  /** From a line on, counted from 1. */
  lines(from: number): AsyncGenerator<LogLine>
}

const linesPerMark = 1000

export function lineIndex(run: RunId, step: string, history: History): LineIndex {
  const marks: Mark[] = [{ after: 0, line: 0 }]
  let last = 0
  let ends = 0
  let open = false
  let refreshing: Promise<void> | undefined
  const read = async (): Promise<void> => {
    for await (const { seq, event } of history.events(run, { step, after: last })) {
      if (event.kind !== 'step.output') continue
      const { text } = event
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends += 1
      if (text !== '') open = !text.endsWith('\n')
      last = seq
      // Marks stand where a line begins, so that what is read from there is whole.
      if (!open && ends - (marks.at(-1)?.line ?? 0) >= linesPerMark) marks.push({ after: seq, line: ends })
    }
  }
  return {
    async refresh() {
      refreshing ??= read().finally(() => {
        refreshing = undefined
      })
      await refreshing
    },
    get total() {
      return ends + (open ? 1 : 0)
    },
    get last() {
      return last
    },
    async *lines(from) {
      const mark = marks[marks.findLastIndex(({ line }) => line < from)] ?? { after: 0, line: 0 }
      for await (const line of linesAfter(run, step, history, mark)) if (line.n >= from) yield line
    },
  }
}

async function* linesAfter(run: RunId, step: string, history: History, { after, line }: Mark): AsyncGenerator<LogLine> {
  let n = line + 1
  let begun: LogLine | undefined
  for await (const { at, event } of history.events(run, { step, after })) {
    if (event.kind !== 'step.output') continue
    const { text, stream } = event
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from)
      const piece = text.slice(from, end === -1 ? text.length : end)
      begun = begun === undefined ? { n, text: piece, stream, at } : { ...begun, text: begun.text + piece }
      if (end === -1) break
      yield begun
      begun = undefined
      n += 1
      from = end + 1
    }
  }
  if (begun !== undefined) yield begun
}

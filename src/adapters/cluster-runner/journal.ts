/** All that a run has said, numbered from 1, in a file: whoever lost the line reads on where he was. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { RunnerSaid } from '../../ports/cluster-runner.ts'

export interface Journal {
  /** Written when it returns. */
  add(what: RunnerSaid): void
  /** How many there are. */
  readonly last: number
  /** From `seq` on, some of them. */
  read(seq: number): readonly { readonly seq: number; readonly what: RunnerSaid }[]
  /** Resolves when there are more than `seq`. */
  more(seq: number): Promise<void>
  close(): void
}

const mostAtOnce = 256 * 1024

export function openJournal(file: string): Journal {
  const descriptor = openSync(file, 'w+', 0o600)
  /** Where each begins, and where the next will. */
  const starts = [0]
  let waiting: (() => void)[] = []
  const end = (): number => starts.at(-1) ?? 0
  return {
    get last() {
      return starts.length - 1
    },
    add(what) {
      const line = Buffer.from(`${JSON.stringify(what)}\n`)
      for (let done = 0; done < line.length; ) done += writeSync(descriptor, line, done, line.length - done, end() + done)
      starts.push(end() + line.length)
      for (const wake of waiting.splice(0)) wake()
    },
    read(seq) {
      const begin = starts[seq - 1]
      if (begin === undefined || seq >= starts.length) return []
      let upto = seq
      while (upto + 1 < starts.length && (starts[upto + 1] ?? 0) - begin <= mostAtOnce) upto++
      const bytes = Buffer.alloc((starts[upto] ?? 0) - begin)
      for (let done = 0; done < bytes.length; ) done += readSync(descriptor, bytes, done, bytes.length - done, begin + done)
      const lines = bytes.toString('utf8').split('\n').slice(0, -1)
      return lines.map((line, i) => ({ seq: seq + i, what: JSON.parse(line) as RunnerSaid }))
    },
    more(seq) {
      if (starts.length - 1 > seq) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
    close() {
      closeSync(descriptor)
      waiting = []
    },
  }
}

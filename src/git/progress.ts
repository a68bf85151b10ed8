/** git's `--progress` lines to amounts, and everything else that it says to the log. */
import type { Progress } from '../events/run-event.ts'

export interface ProgressReader {
  push(text: string): void
  flush(): void
}

const counting = /^(?:remote: )?([A-Z][A-Za-z ]+):\s+(?:\d+% \((\d+)\/(\d+)\)|(\d+))/

/** So often at most between nothing and all: git counts every percent. */
const steps = 20

/** git rewrites a line with `\r` until it is done, and ends it with `\n`. */
export function progressReader(o: { readonly progress: (progress: Progress) => void; readonly say: (text: string) => void }): ProgressReader {
  let rest = ''
  let last: Progress | undefined
  const tell = (progress: Progress): void => {
    if (last?.task === progress.task && progress.done < (progress.total ?? 0) && progress.done - last.done < (progress.total ?? 0) / steps) return
    if (last?.task === progress.task && last.done === progress.done) return
    last = progress
    o.progress(progress)
  }
  const take = (line: string): void => {
    const found = counting.exec(line)
    if (found !== null) tell({ task: (found[1] ?? '').toLowerCase(), unit: 'count', ...amounts(found) })
    else if (line.trim() !== '') o.say(`${line}\n`)
  }
  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\r|\n/)
      rest = lines.pop() ?? ''
      for (const line of lines) take(line)
    },
    flush() {
      if (rest !== '') take(rest)
      rest = ''
    },
  }
}

function amounts([, , done, total, alone]: RegExpExecArray): { readonly done: number; readonly total?: number } {
  return total === undefined ? { done: Number(alone) } : { done: Number(done), total: Number(total) }
}

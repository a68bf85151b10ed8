/** A search through a whole log, done by the server: numbers of the lines, and which of them is looked at. */
import { batch, type Signal, signal } from '@preact/signals'
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { LogFinds } from '../api/types.ts'

export interface LogSearch {
  readonly text: Signal<string>
  /** Numbers of lines, from 1. */
  readonly found: Signal<readonly number[]>
  /** Index into them. */
  readonly at: Signal<number>
  /** There are more than are told. */
  readonly more: Signal<boolean>
  readonly busy: Signal<boolean>
  look(text: string): void
  /** The number of the next line, or the one before. */
  step(by: 1 | -1): number | undefined
}

const settleMs = 180

export function logSearch(run: string, step: string, near: () => number): LogSearch {
  const [text, found, at, more, busy] = [signal(''), signal<readonly number[]>([]), signal(-1), signal(false), signal(false)]
  let asking: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = async (): Promise<void> => {
    asking?.abort()
    asking = new AbortController()
    const { signal: wanted } = asking
    const answer = await get<LogFinds>(paths.logSearch(run, step, text.peek()), { signal: wanted })
    if (wanted.aborted) return
    busy.value = false
    if (!answer.ok) return
    const lines = answer.value.found.map(({ n }) => n)
    batch(() => {
      found.value = lines
      more.value = answer.value.next !== undefined
      at.value =
        lines.length === 0
          ? -1
          : Math.max(
              0,
              lines.findIndex((n) => n >= near()),
            )
    })
  }
  return {
    text,
    found,
    at,
    more,
    busy,
    look(wanted) {
      text.value = wanted
      clearTimeout(timer)
      asking?.abort()
      busy.value = wanted !== ''
      if (wanted === '') {
        found.value = []
        at.value = -1
        more.value = false
      } else timer = setTimeout(ask, settleMs)
    },
    step(by) {
      const count = found.peek().length
      if (count === 0) return undefined
      at.value = (at.peek() + by + count) % count
      return found.peek()[at.peek()]
    },
  }
}

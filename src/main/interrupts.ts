/** What Ctrl-C means: once, end in good order; twice, now; after that, or when even that takes too long, leave everything where it is. */

export interface Interrupts {
  /** Aborted by the first. */
  readonly signal: AbortSignal
  /** Aborted by the second. */
  readonly hurry: AbortSignal
  /** Ctrl-C, or another signal that asks for an end. */
  interrupt(): void
  /** The first only: said twice it means no more. */
  once(why: string): void
  /** There is work now that has to be ended in good order. */
  orderly(): void
  isOrderly(): boolean
}

const patienceMs = 20_000

export function interrupts(o: { readonly now: () => void; readonly leave: () => void }): Interrupts {
  const first = new AbortController()
  const second = new AbortController()
  let count = 0
  let isOrderly = false
  return {
    signal: first.signal,
    hurry: second.signal,
    once: (why) => first.abort(new Error(why)),
    interrupt() {
      count += 1
      if (count === 1) return first.abort(new Error('interrupted'))
      if (count > 2) return o.leave()
      second.abort(new Error('interrupted twice'))
      o.now()
      setTimeout(o.leave, patienceMs).unref()
    },
    orderly() {
      isOrderly = true
    },
    isOrderly: () => isOrderly,
  }
}

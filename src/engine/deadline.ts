/** A signal that also aborts after a time, and says which of the two it was. */
import type { Clock } from '../base/clock.ts'
import { StopReason } from './stop-reason.ts'

export interface Deadline {
  readonly signal: AbortSignal
  /** True once the time, not the caller, ended it. */
  readonly passed: () => boolean
  readonly clear: () => void
}

export function deadline(o: { readonly clock: Clock; readonly ms: number | undefined; readonly signal: AbortSignal }): Deadline {
  const timer = new AbortController()
  const waiting = new AbortController()
  let passed = false
  if (o.ms !== undefined) {
    o.clock.sleep(o.ms, { signal: waiting.signal }).then(
      () => {
        passed = !o.signal.aborted
        timer.abort(new StopReason('timeout'))
      },
      () => undefined,
    )
  }
  return { signal: AbortSignal.any([o.signal, timer.signal]), passed: () => passed, clear: () => waiting.abort() }
}

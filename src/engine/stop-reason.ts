/** Why a run or a stage is stopped: travels as the reason of its signal. */
import type { AbortReason } from '../events/outcome.ts'

export class StopReason extends Error {
  readonly because: AbortReason

  constructor(because: AbortReason) {
    super(because)
    this.name = 'StopReason'
    this.because = because
  }
}

/** A signal that others abort means the user's wish. */
export function stoppedBy(signal: AbortSignal): AbortReason {
  return signal.reason instanceof StopReason ? signal.reason.because : 'user'
}

/** Asks runs to end that other processes run. */
import type { RunId } from '../events/run-event.ts'

/** As Ctrl-C does once, and twice. */
export type Stop = 'in good order' | 'now'

/**
 * 1. `wait` resolves with the next stop that is asked for, and rejects with the signal's reason as soon as it aborts.
 * 2. What was asked for before anybody waits is not lost. `now` counts also when the other was asked for, and taken, before.
 */
export interface Stops {
  ask(run: RunId, stop: Stop): Promise<void>
  wait(run: RunId, o: { readonly after?: Stop; readonly signal: AbortSignal }): Promise<Stop>
  /** Of runs that are over. */
  forget(run: RunId): Promise<void>
}

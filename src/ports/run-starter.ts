/** Starts queued runs, each in a process of its own: one that crashes takes nobody with it. */
import type { RunId } from '../events/run-event.ts'

export interface RunStarter {
  /** Resolves when it has started. `ended` when its process is no more, with what it said last. */
  start(run: RunId): Promise<{ readonly ended: Promise<string> }>
  /** Whether a process for this run lives, whoever started it. */
  lives(run: RunId): Promise<boolean>
}

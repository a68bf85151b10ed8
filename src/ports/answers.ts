/** Answers to the questions of runs that come from elsewhere: another terminal, a page. */
import type { RunId } from '../events/run-event.ts'
import type { Choice } from './intervention.ts'

/**
 * 1. While `wait` waits, the question of that step can be answered, by any process; before and afterwards it cannot.
 * 2. A question takes one answer: whoever comes second is told `answered`, or `not asked` when the question is over.
 * 3. `given` is said only when whoever asked has taken the answer. One that was not taken does not stay for the next question.
 * 4. `wait` rejects with the signal's reason as soon as it aborts.
 */
export interface Answers {
  wait(run: RunId, step: string, o: { readonly signal: AbortSignal }): Promise<Choice>
  give(run: RunId, step: string, choice: Choice, o: { readonly signal: AbortSignal }): Promise<Given>
  /** Of runs whose process has died while it asked. */
  forget(run: RunId): Promise<void>
}

export type Given = 'given' | 'answered' | 'not asked'

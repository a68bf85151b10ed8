/** Asks a person what to do about a step that failed. */
import type { Diagnostic } from '../base/diagnostic.ts'

export const choices = ['retry', 'ignore', 'mark-success', 'mark-failure', 'abort'] as const

export type Choice = (typeof choices)[number]

export interface Question {
  /** Path of the step. */
  readonly step: string
  readonly problem: Diagnostic | undefined
  readonly timeoutMs: number
  /** What is done when nobody has chosen by then. */
  readonly otherwise: string
}

/**
 * 1. Several may ask at once: the person sees one question at a time, in the order of asking.
 * 2. Only a choice is an answer; after anything else the question stands. So it does when the person's input has ended.
 * 3. Rejects with the signal's reason as soon as it aborts, at once when it has already, also while the question waits behind another;
 *    the questions after it are asked all the same. Whoever asks keeps the time.
 * 4. Once nothing is asked, nothing listens to the person any more.
 */
export interface Intervention {
  ask(question: Question, o: { readonly signal: AbortSignal }): Promise<Choice>
}

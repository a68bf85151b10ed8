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

export interface Intervention {
  /** Rejects when `signal` aborts; whoever asks keeps the time. */
  ask(question: Question, o: { readonly signal: AbortSignal }): Promise<Choice>
}

/** How a step, stage or run ended. A failed step is data; `errored` means that we failed, and carries the problem. */
import type { Diagnostic } from '../base/diagnostic.ts'

export type StepExit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'out-of-memory' }

export type AbortReason = 'user' | 'timeout' | 'failure' | 'shutdown'

export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly exit: StepExit; readonly problem?: Diagnostic; readonly ignored?: true }
  | { readonly kind: 'skipped'; readonly because: string }
  | { readonly kind: 'aborted'; readonly because: AbortReason }
  | { readonly kind: 'errored'; readonly problem: Diagnostic; readonly others?: readonly Diagnostic[]; readonly ignored?: true }

/** Skipped counts as success (the `when` rules say so), and so does a failure that a strategy ignores. */
export function isGood(outcome: Outcome): boolean {
  return outcome.kind === 'passed' || outcome.kind === 'skipped' || ('ignored' in outcome && outcome.ignored === true)
}

/** A stage or run ends as its worst part: errored, failed, aborted, then passed. */
export function worst(outcomes: Iterable<Outcome>): Outcome {
  const rank = { passed: 0, skipped: 0, aborted: 1, failed: 2, errored: 3 } as const
  let result: Outcome = { kind: 'passed' }
  for (const outcome of outcomes) if (!isGood(outcome) && rank[outcome.kind] > rank[result.kind]) result = outcome
  return result
}

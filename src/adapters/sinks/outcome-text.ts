/** An outcome in a few words. */

import { unreachable } from '../../base/unreachable.ts'
import type { Outcome, StepExit } from '../../events/outcome.ts'

export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'passed':
      return 'passed'
    case 'failed':
      return `failed${ignored(outcome)}: ${outcome.problem === undefined ? exitText(outcome.exit) : outcome.problem.message}`
    case 'skipped':
      return `skipped: ${outcome.because}`
    case 'aborted':
      return `aborted (${outcome.because})`
    case 'errored':
      return `errored${ignored(outcome)}: ${outcome.problem.message}`
    default:
      return unreachable(outcome)
  }
}

function ignored(outcome: { readonly ignored?: true }): string {
  return outcome.ignored === true ? ' (ignored)' : ''
}

function exitText(exit: StepExit): string {
  switch (exit.kind) {
    case 'exited':
      return `exit code ${exit.code}`
    case 'killed':
      return `killed by ${exit.signal}`
    case 'out-of-memory':
      return 'out of memory'
    default:
      return unreachable(exit)
  }
}

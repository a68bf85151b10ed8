/** How a step, stage or run ended, in one sentence; nothing where the status says it all. */

import { unreachable } from '../../src/base/unreachable.ts'
import type { AbortReason, Outcome, StepExit } from '../../src/events/outcome.ts'

const reasons: Readonly<Record<AbortReason, string>> = {
  user: 'Stopped by a person.',
  timeout: 'Stopped at its time limit.',
  failure: 'Stopped because another step failed.',
  shutdown: 'Stopped because Slipway ended.',
}

export function outcomeText(outcome: Outcome | undefined): string | undefined {
  switch (outcome?.kind) {
    case undefined:
    case 'passed':
    case 'errored':
      return undefined
    case 'skipped':
      return `Skipped: ${outcome.because}`
    case 'aborted':
      return reasons[outcome.because]
    case 'failed':
      return exitText(outcome.exit)
    default:
      return unreachable(outcome)
  }
}

function exitText(exit: StepExit): string {
  switch (exit.kind) {
    case 'exited':
      return `Ended with exit code ${exit.code}.`
    case 'killed':
      return `Ended by ${exit.signal}.`
    case 'out-of-memory':
      return 'Ran out of memory.'
    default:
      return unreachable(exit)
  }
}

/** How a process ended, as the outcome of its step and in words. */
import { diagnose } from '../base/diagnostic.ts'
import type { Outcome, StepExit } from '../events/outcome.ts'

export function exitOutcome(exit: StepExit): Outcome {
  if (exit.kind === 'exited' && exit.code === 0) return { kind: 'passed' }
  if (exit.kind === 'exited') return { kind: 'failed', exit, problem: diagnose('STEP_EXIT_CODE', { exit: exit.code }) }
  if (exit.kind === 'out-of-memory') return { kind: 'failed', exit, problem: diagnose('STEP_OUT_OF_MEMORY', {}) }
  return { kind: 'failed', exit, problem: diagnose('STEP_KILLED', { signal: exit.signal }) }
}

export function exitText(exit: StepExit): string {
  if (exit.kind === 'exited') return `exit code ${exit.code}`
  return exit.kind === 'killed' ? `signal ${exit.signal}` : 'out of memory'
}

/** An exception as an outcome: the user's abort, a Problem with its findings, what the machine refuses, or a defect of ours. */
import { diagnose } from '../base/diagnostic.ts'
import { machineRefusal } from '../base/machine-refusal.ts'
import { isProblem } from '../base/problem.ts'
import type { Outcome } from '../events/outcome.ts'
import { stoppedBy } from './stop-reason.ts'

export function erroredBy(error: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted && !isProblem(error)) return { kind: 'aborted', because: stoppedBy(signal) }
  if (isProblem(error)) {
    return { kind: 'errored', problem: error.diagnostic, ...(error.others.length > 0 && { others: error.others }) }
  }
  const refusal = machineRefusal(error)
  if (refusal !== undefined) return { kind: 'errored', problem: refusal }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { kind: 'errored', problem: diagnose('INTERNAL', { reason }) }
}

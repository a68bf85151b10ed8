/** What is known of the steps so far: status and outputs, for the expressions of later steps. */
import type { Outcome } from '../events/outcome.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { Knowledge, StepFacts } from '../plan/knowledge.ts'
import type { StepDone } from './run-step.ts'

export interface GrowingKnowledge extends Knowledge {
  codebase?: CodebaseFacts
  set(path: string, facts: StepFacts): void
}

export function growingKnowledge(): GrowingKnowledge {
  const steps = new Map<string, StepFacts>()
  return { of: (path) => steps.get(path), set: (path, facts) => void steps.set(path, facts) }
}

/** What later steps may ask about one. */
export function factsOf({ outcome, outputs, retries = 0 }: StepDone): StepFacts {
  const exitCode = outcome.kind === 'passed' ? 0 : outcome.kind === 'failed' && outcome.exit.kind === 'exited' ? outcome.exit.code : undefined
  return { status: statusOf(outcome), outputs, retries, ...(exitCode !== undefined && { exitCode }) }
}

export function statusOf(outcome: Outcome): string {
  return 'ignored' in outcome && outcome.ignored === true ? 'IGNORE_FAILED' : statusWords[outcome.kind]
}

/** Harness' words for how a node ended. */
const statusWords: Readonly<Record<Outcome['kind'], string>> = {
  passed: 'SUCCEEDED',
  failed: 'FAILED',
  errored: 'FAILED',
  skipped: 'SKIPPED',
  aborted: 'ABORTED',
}

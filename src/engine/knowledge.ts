/** What is known of the steps so far: status and outputs, for the expressions of later steps. */
import type { Outcome } from '../events/outcome.ts'
import type { Knowledge, StepFacts } from '../plan/knowledge.ts'

export interface GrowingKnowledge extends Knowledge {
  set(path: string, facts: StepFacts): void
}

export function growingKnowledge(): GrowingKnowledge {
  const steps = new Map<string, StepFacts>()
  return { of: (path) => steps.get(path), set: (path, facts) => void steps.set(path, facts) }
}

/** Harness' words for how a node ended. */
export const statusWords: Readonly<Record<Outcome['kind'], string>> = {
  passed: 'SUCCEEDED',
  failed: 'FAILED',
  errored: 'FAILED',
  skipped: 'SKIPPED',
  aborted: 'ABORTED',
}

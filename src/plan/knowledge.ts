/** What a run has learned about its nodes so far. Planning knows nothing yet. */
import type { Text } from '../base/secret-text.ts'

export interface StepFacts {
  /** Harness' word: SUCCEEDED, FAILED, SKIPPED, ABORTED, RUNNING. */
  readonly status: string
  readonly outputs: ReadonlyMap<string, Text>
}

export interface Knowledge {
  /** undefined for a node that has not ended. */
  of(path: string): StepFacts | undefined
}

export const nothingKnown: Knowledge = { of: () => undefined }

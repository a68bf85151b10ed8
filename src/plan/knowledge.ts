/** What a run has learned about its nodes so far. Planning knows nothing yet. */

import type { Text } from '../base/secret-text.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { Files } from '../steps/asked-files.ts'

export interface StepFacts {
  /** Harness' word: SUCCEEDED, FAILED, SKIPPED, ABORTED, RUNNING. */
  readonly status: string
  readonly outputs: ReadonlyMap<string, Text>
  /** Of a command that ended by itself. */
  readonly exitCode?: number
  /** How often it was tried again. */
  readonly retries?: number
}

export interface Knowledge {
  /** What a clone has found of the code under build. */
  readonly codebase?: CodebaseFacts | undefined
  /** What files of the workspace say that the step asked for; a file that is not among them has not been read. */
  readonly files?: Files | undefined
  /** The registry of the step's own keys, where it named none and the cloud was asked. */
  readonly foundRegistry?: string | undefined
  /** undefined for a node that has not ended. */
  of(path: string): StepFacts | undefined
  /** While planning: the node does not come before the place that is planned, so it can give nothing to it. */
  ahead?(path: string): boolean
}

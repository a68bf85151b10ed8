/** What the server works with: ports, and what the command line knows about pipelines. Handed in, so that tests hand in theirs. */
import type { Clock } from '../base/clock.ts'
import type { Answers } from '../ports/answers.ts'
import type { History } from '../ports/history.ts'
import type { PipelineShelf } from './pipeline-shelf.ts'
import type { RunDesk } from './run-desk.ts'

export interface ServerParts {
  readonly version: string
  readonly history: History
  readonly answers: Answers
  readonly pipelines: PipelineShelf
  readonly desk: RunDesk
  readonly clock: Clock
  /** Nothing can be started, stopped or answered. */
  readonly readOnly: boolean
  /** Aborted when the server ends: whoever waits for news is let go. */
  readonly signal: AbortSignal
}

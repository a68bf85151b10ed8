/** The code of a run, as its view has it. */
import type { RunView } from '../../src/events/run-view.ts'

export type CodebaseFacts = NonNullable<RunView['codebase']>

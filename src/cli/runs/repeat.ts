/** What planning is told about a run that repeats another. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { RunFacts } from '../../plan/facts.ts'
import { nameOf } from './find-run.ts'
import { type Again, firstOf } from './given.ts'

export interface Repeated {
  readonly facts: Pick<RunFacts, 'resumedExecutionId' | 'codebase'>
  readonly notes: readonly Diagnostic[]
}

/** The same commit: all that the first run knew of it. Another: the truth about what is built, and of the rest what the first run knew. */
export function repeat(again: Again, now: CodebaseFacts): Repeated {
  const then = again.given.codebase
  const [before, after] = [then?.commitSha, now.commitSha]
  const moved = before !== undefined && after !== undefined && before !== after
  const notes = moved ? [diagnose('RERUN_CODE_CHANGED', { run: nameOf(again.of), before, now: after })] : []
  const first = again.resumes === true ? again.given.again?.first : firstOf(again)
  return { facts: { ...(first !== undefined && { resumedExecutionId: first }), codebase: moved ? { ...then, ...now } : { ...now, ...then } }, notes }
}

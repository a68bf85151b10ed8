/** What an earlier run was made of, where its code was cloned. */
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { History, RunRecord } from '../../ports/history.ts'

/** Undefined: nothing had come into a workspace. */
export async function pinnedCode(record: RunRecord, history: History): Promise<CodebaseFacts | undefined> {
  for await (const { event } of history.events(record.run, { outputAfter: Number.MAX_SAFE_INTEGER }))
    if (event.kind === 'code.placed' && event.underBuild) return event.codebase
  return undefined
}

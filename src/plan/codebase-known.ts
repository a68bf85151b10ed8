/** What `<+codebase.…>` can say at a place: what a clone has found, what is known beforehand, or that a clone will tell. */
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import { codebaseSource } from './codebase-source.ts'
import type { Site } from './site.ts'

export const untilCloned = 'the clone of the code'

export function codebaseKnown({ knowledge, facts, pipeline }: Site): CodebaseFacts | 'later' {
  if (knowledge.codebase !== undefined) return knowledge.codebase
  if (codebaseSource(pipeline, facts).kind === 'folder') return facts.codebase ?? {}
  return facts.pinned ?? 'later'
}

/** `currentStatus`: how nodes that belong together stand while they run, told by those that have ended. */
import { later, type Slot, value } from '../expr/scope.ts'
import type { Knowledge } from './knowledge.ts'

/** The first of these that one of the nodes has decides for all. */
const bad = ['FAILED', 'ABORTED']

export function aggregate(paths: readonly string[], knowledge: Knowledge, until: string): Slot {
  // A plan has no "now".
  if (knowledge.ahead !== undefined) return later(until)
  const found = paths.map((path) => knowledge.of(path)?.status)
  const worst = bad.find((status) => found.includes(status))
  return value(worst ?? (found.includes(undefined) ? 'RUNNING' : 'SUCCEEDED'))
}

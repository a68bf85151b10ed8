/** The line indexes of the logs that were last looked at. */
import type { RunId } from '../../events/run-event.ts'
import type { History } from '../../ports/history.ts'
import { type LineIndex, lineIndex } from './line-index.ts'

const most = 64
const known = new WeakMap<History, Map<string, LineIndex>>()

/** Up to date. */
export async function indexOf(run: RunId, step: string, history: History): Promise<LineIndex> {
  const indexes = known.get(history) ?? new Map<string, LineIndex>()
  known.set(history, indexes)
  const key = `${run}/${step}`
  const index = indexes.get(key) ?? lineIndex(run, step, history)
  // The one that was used last stands last.
  indexes.delete(key)
  indexes.set(key, index)
  for (const oldest of indexes.keys()) {
    if (indexes.size <= most) break
    indexes.delete(oldest)
  }
  await index.refresh()
  return index
}

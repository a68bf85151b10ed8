/** How a run stands: by its events, and where they say nothing yet or never will, by its line in the list. */
import type { RunView } from '../../src/events/run-view.ts'
import type { RunRow } from '../api/types.ts'
import type { Status } from '../status/status.ts'
import { asking } from '../status/step-status.ts'

export function runStatus(view: RunView, row: RunRow | undefined): Status {
  if (row?.status === 'interrupted') return 'interrupted'
  if (view.status === 'waiting') return row?.status ?? 'waiting'
  return view.status === 'running' && asking(view).length > 0 ? 'asking' : view.status
}

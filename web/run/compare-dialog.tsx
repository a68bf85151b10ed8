/** Which other run of the same pipeline a run is compared with. */
import { get } from '../api/client.ts'
import { paths } from '../api/paths.ts'
import type { RunList } from '../api/types.ts'
import { hrefOf } from '../router.ts'
import { Dialog } from '../ui/dialog.tsx'
import { FailureBox, Waiting } from '../ui/empty.tsx'
import { Ago } from '../ui/moment.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { useLoaded } from '../ui/use-loaded.ts'
import type { LiveRun } from './live-run.ts'

export function CompareDialog({ live, onClose }: { readonly live: LiveRun; onClose(): void }) {
  const pipeline = live.row.value?.pipeline
  const { state } = useLoaded(`runs of ${pipeline}`, (signal) => get<RunList>(paths.runs({ pipeline, limit: 20 }), { signal }))
  const found = state.value
  return (
    <Dialog title="Compare with" onClose={onClose}>
      {found.kind === 'loading' && <Waiting what="runs" />}
      {found.kind === 'failed' && <FailureBox failure={found.failure} />}
      {found.kind === 'ready' && <Others list={found.value} run={live.run} onClose={onClose} />}
    </Dialog>
  )
}

function Others({ list, run, onClose }: { readonly list: RunList; readonly run: string; onClose(): void }) {
  const others = list.runs.filter((one) => one.run !== run && one.sequenceId !== undefined)
  if (others.length === 0) return <p class="faint">There is no other run of this pipeline yet.</p>
  return (
    <ul class="choice">
      {others.map((one) => (
        <li key={one.run}>
          <a href={hrefOf({ kind: 'compare', runs: [one.run, run] })} onClick={onClose}>
            <strong>{`#${one.sequenceId}`}</strong>
            <StatusBadge status={one.status} />
            <Ago at={one.startedAt} />
          </a>
        </li>
      ))}
    </ul>
  )
}

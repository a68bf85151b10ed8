/** Runs as rows: how each stands, which it is, of what code, since when and for how long. */

import type { RunRow } from '../api/types.ts'
import { hrefOf } from '../router.ts'
import { Icon } from '../ui/icon.tsx'
import { Ago, Duration } from '../ui/moment.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'

export interface RunRowsProps {
  readonly runs: readonly RunRow[]
  readonly picked: readonly string[]
  onPick(run: string): void
}

export function RunRows({ runs, picked, onPick }: RunRowsProps) {
  return (
    <ul class="runs card">
      {runs.map((row) => (
        <li key={row.run}>
          <input type="checkbox" checked={picked.includes(row.run)} onChange={() => onPick(row.run)} aria-label={`Compare run ${nameOf(row)}`} />
          <a class="run-link" href={hrefOf({ kind: 'run', run: row.run, tab: 'steps' })}>
            <span class="run-status">
              <StatusBadge status={row.status} />
            </span>
            <span class="run-name">
              <strong>{row.pipelineName}</strong>
              {row.sequenceId !== undefined && <span class="number">{` #${row.sequenceId}`}</span>}
            </span>
          </a>
          <span class="run-branch">
            {row.branch !== undefined && (
              <a href={hrefOf({ kind: 'runs', query: { branch: row.branch } })} title={`Runs of ${row.branch}`}>
                <Icon name="branch" />
                <span>{row.branch}</span>
              </a>
            )}
          </span>
          <span class="run-when">
            <Ago at={row.startedAt} />
          </span>
          <span class="run-long">{row.status !== 'queued' && row.status !== 'refused' && <Duration from={row.startedAt} to={row.finishedAt} />}</span>
        </li>
      ))}
    </ul>
  )
}

function nameOf({ pipelineName, sequenceId, run }: RunRow): string {
  return `${pipelineName} ${sequenceId === undefined ? run : `#${sequenceId}`}`
}

/** When each stage and step of a run was at work. */
import { humanDuration } from '../../src/base/human.ts'
import { hrefOf } from '../router.ts'
import { statuses } from '../status/status.ts'
import { type TimelineRow, timeline } from '../timeline/timeline.ts'
import { now } from '../ui/clock.ts'
import { Empty } from '../ui/empty.tsx'
import { StatusIcon } from '../ui/status-badge.tsx'
import { Wide } from '../ui/wide.tsx'
import type { TabProps } from './run-page.tsx'

export function TimelineTab({ live, tree, route }: TabProps) {
  const view = live.view.value
  const { from, to, rows, ticks } = timeline(tree, view, view.finishedAt ?? now.value)
  if (rows.length === 0) return <Empty title="Nothing has begun yet" />
  const share = (ms: number): string => `${(100 * ms) / (to - from)}%`
  return (
    <div class="tab">
      <Wide label="Timeline" kind="card timeline">
        <div class="axis" aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ left: share(tick) }}>
              {tick === 0 ? '0' : humanDuration(tick)}
            </span>
          ))}
        </div>
        <ol>
          {rows.map((row) => (
            <li key={row.key} class={row.kind}>
              <Name row={row} run={route.run} />
              <div class="lane">
                {ticks.map((tick) => (
                  <i key={tick} style={{ left: share(tick) }} />
                ))}
                <div
                  class={`bar ${statuses[row.status].tone}${view.finishedAt === undefined && row.status === 'running' ? ' going' : ''}`}
                  style={{ left: share(row.from - from), width: `max(3px, ${share(row.to - row.from)})` }}
                />
              </div>
              <span class="duration">{humanDuration(row.to - row.from)}</span>
            </li>
          ))}
        </ol>
      </Wide>
    </div>
  )
}

function Name({ row: { key, name, kind, status }, run }: { readonly row: TimelineRow; readonly run: string }) {
  return (
    <span class="lane-name">
      <StatusIcon status={status} />
      {kind === 'stage' ? <strong>{name}</strong> : <a href={hrefOf({ kind: 'run', run, tab: 'steps', step: key })}>{name}</a>}
    </span>
  )
}

/** The head of a run: how it stands, what of, since when, and what can be done with it. */
import { humanDuration } from '../../src/base/human.ts'
import type { RunNode } from '../graph/run-tree.ts'
import type { Status } from '../status/status.ts'
import { countsText } from '../status/step-status.ts'
import { now } from '../ui/clock.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Ago } from '../ui/moment.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { Decisions } from './decisions.tsx'
import type { LiveRun } from './live-run.ts'
import { stepStatuses } from './node-status.ts'
import { RunActions } from './run-actions.tsx'

export interface RunHeadProps {
  readonly live: LiveRun
  readonly tree: readonly RunNode[]
  readonly name: string
  readonly number: number | undefined
  readonly status: Status
}

export function RunHead({ live, tree, name, number, status }: RunHeadProps) {
  const view = live.view.value
  const row = live.row.value
  const started = view.startedAt ?? row?.startedAt
  const ended = view.finishedAt ?? row?.finishedAt
  const { branch, commitSha } = { branch: view.codebase?.branch ?? row?.branch, commitSha: view.codebase?.commitSha ?? row?.commit }
  return (
    <header class="run-head">
      <div class="run-title">
        <h1>
          {name}
          {number !== undefined && <span class="number">{` #${number}`}</span>}
        </h1>
        <StatusBadge status={status} />
        {live.link.value === 'lost' && (
          <span class="badge warn" role="status">
            Connection lost, trying again
          </span>
        )}
        <span class="spring" />
        <RunActions live={live} status={status} />
      </div>
      <p class="run-facts">
        {started !== undefined && (
          <span>
            <Ago at={started} />
          </span>
        )}
        {started !== undefined && status !== 'queued' && <span>{humanDuration((ended ?? Math.max(now.value, started)) - started)}</span>}
        {branch !== undefined && (
          <span>
            <Icon name="branch" />
            {branch}
            {commitSha !== undefined && <code>{commitSha.slice(0, 8)}</code>}
          </span>
        )}
        <span>{countsText(tree.flatMap((node) => stepStatuses(node, view)))}</span>
        <span class="run-id">
          <code>{live.run}</code>
          <CopyButton text={live.run} what="the id of the run" />
        </span>
      </p>
      {row?.refusal !== undefined && <p class="note bad">{row.refusal}</p>}
      <Decisions live={live} />
    </header>
  )
}

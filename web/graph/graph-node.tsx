/** A step of the graph, or a stage or group around steps. */
import type { RunView } from '../../src/events/run-view.ts'
import type { StepPath } from '../../src/events/step-path.ts'
import { nodeStatus, stepStatuses } from '../run/node-status.ts'
import { titleOf } from '../run/outline.tsx'
import { statuses } from '../status/status.ts'
import { countsText } from '../status/step-status.ts'
import { Duration } from '../ui/moment.tsx'
import { StatusIcon } from '../ui/status-badge.tsx'
import type { Box } from './layout.ts'

export interface GraphNodeProps {
  readonly box: Box
  readonly view: RunView
  readonly chosen: boolean
  /** Whether the tabulator leads to it; arrow keys lead to the others. */
  readonly reached: boolean
  onOpen(): void
}

export function GraphNode({ box, view, chosen, reached, onOpen }: GraphNodeProps) {
  const { key, node, x, y, w, h, folded } = box
  const status = nodeStatus(node, view)
  const step = node.kind === 'step' ? view.steps.get(key as StepPath) : view.stages.get(key as StepPath)
  const place = { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` }
  const button = (
    <button
      type="button"
      class="node-button"
      data-key={key}
      tabIndex={reached ? 0 : -1}
      onClick={onOpen}
      title={node.kind === 'step' ? key : undefined}
      aria-expanded={node.kind === 'step' ? undefined : !folded}
      aria-current={chosen ? 'true' : undefined}
    >
      <StatusIcon status={status} />
      <span class="node-text">
        <span class="name">{titleOf(node)}</span>
        {folded && <span class="sub">{countsText(stepStatuses(node, view))}</span>}
        {node.kind === 'step' && <span class="sub">{node.type}</span>}
      </span>
      {node.kind === 'stage' && !folded && <span class="on">{node.on}</span>}
      {node.kind === 'parallel' && <span class="on">loop</span>}
      {step !== undefined && <Duration from={step.startedAt} to={step.finishedAt ?? view.finishedAt} />}
    </button>
  )
  return (
    <div class={`node is-${node.kind} ${statuses[status].tone} status-${status}${chosen ? ' chosen' : ''}${folded ? ' folded' : ''}`} style={place}>
      {button}
    </div>
  )
}

/** A run as a list of its stages, groups and steps: what is chosen here is shown beside it. Arrow keys go up and down. */
import type { Signal } from '@preact/signals'
import type { RunView } from '../../src/events/run-view.ts'
import type { StepPath } from '../../src/events/step-path.ts'
import type { RunNode } from '../graph/run-tree.ts'
import { hrefOf } from '../router.ts'
import { Duration } from '../ui/moment.tsx'
import { StatusIcon } from '../ui/status-badge.tsx'
import { nodeStatus } from './node-status.ts'

export interface OutlineProps {
  readonly run: string
  readonly tree: readonly RunNode[]
  readonly view: RunView
  readonly chosen: string | undefined
  /** Keys of what is folded. */
  readonly folded: Signal<ReadonlySet<string>>
}

export function Outline(props: OutlineProps) {
  const keyed = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined || !(event.currentTarget instanceof HTMLElement)) return
    event.preventDefault()
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.row')]
    rows[rows.indexOf(document.activeElement as HTMLElement) + by]?.focus()
  }
  return (
    <nav class="outline" aria-label="Steps" onKeyDown={keyed}>
      <Rows nodes={props.tree} depth={0} {...props} />
    </nav>
  )
}

function Rows({ nodes, depth, ...props }: OutlineProps & { readonly nodes: readonly RunNode[]; readonly depth: number }) {
  return (
    <ul>
      {nodes.map((node) => (
        <Row key={node.key} node={node} depth={depth} {...props} />
      ))}
    </ul>
  )
}

function Row({ node, depth, ...props }: OutlineProps & { readonly node: RunNode; readonly depth: number }) {
  const { run, view, chosen, folded } = props
  if (node.kind === 'step') {
    const step = view.steps.get(node.key as StepPath)
    const isChosen = chosen === node.key
    return (
      <li>
        <a
          class={`row depth-${Math.min(depth, 5)}`}
          href={hrefOf({ kind: 'run', run, tab: 'steps', step: node.key })}
          aria-current={isChosen ? 'true' : undefined}
        >
          <StatusIcon status={nodeStatus(node, view)} />
          <span class="name">{node.name}</span>
          {(step?.retries ?? 0) > 0 && <span class="tries" title="Tries">{`×${(step?.retries ?? 0) + 1}`}</span>}
          <Duration from={step?.startedAt} to={step?.finishedAt ?? view.finishedAt} />
        </a>
      </li>
    )
  }
  const isFolded = folded.value.has(node.key)
  if (node.kind === 'parallel' && node.loop === undefined) {
    return (
      <li class={`together depth-${Math.min(depth, 5)}`} title="Side by side">
        <Rows nodes={node.children} depth={depth} {...props} />
      </li>
    )
  }
  const stage = node.kind === 'stage' ? view.stages.get(node.key as StepPath) : undefined
  return (
    <li class={node.kind === 'stage' ? 'stage' : ''}>
      <button type="button" class={`row branch depth-${Math.min(depth, 5)}`} aria-expanded={!isFolded} onClick={() => toggleKey(folded, node.key)}>
        <StatusIcon status={nodeStatus(node, view)} />
        <span class="name">{titleOf(node)}</span>
        {node.kind === 'parallel' && <span class="tries">{`loop of ${node.children.length}`}</span>}
        <Duration from={stage?.startedAt} to={stage?.finishedAt ?? view.finishedAt} />
      </button>
      {!isFolded && <Rows nodes={node.children} depth={depth + 1} {...props} />}
    </li>
  )
}

export function titleOf(node: RunNode): string {
  return node.kind === 'parallel' ? (node.loop?.name ?? 'Side by side') : node.name
}

export function toggleKey(keys: Signal<ReadonlySet<string>>, key: string): void {
  const next = new Set(keys.value)
  if (!next.delete(key)) next.add(key)
  keys.value = next
}

/** Steps of a run: as a list or as a graph, and beside it the one that is chosen. */
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { StepView } from '../../src/events/run-view.ts'
import { useShortcuts } from '../frame/shortcuts.ts'
import { GraphView } from '../graph/graph-view.tsx'
import { stepsIn } from '../graph/run-tree.ts'
import { go } from '../navigation.ts'
import { byUrgency } from '../status/status.ts'
import { stepStatus } from '../status/step-status.ts'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Segmented } from '../ui/segmented.tsx'
import { chosenView, type StepsLook } from './chosen-look.ts'
import { Outline } from './outline.tsx'
import type { TabProps } from './run-page.tsx'
import { StepPanel } from './step-panel.tsx'

export function StepsTab({ live, tree, route }: TabProps) {
  const view = live.view.value
  const folded = useSignal<ReadonlySet<string>>(new Set())
  const look = chosenView.value
  const steps = tree.flatMap(stepsIn)
  const asked = steps.find(({ key }) => key === route.step)?.key
  // Whoever has chosen nothing sees what is most urgent, and stays there when something else becomes so.
  const proposed = useRef<string | undefined>(undefined)
  if (proposed.current === undefined || view.status === 'waiting') proposed.current = mostUrgent([...view.steps.values()])?.path
  const chosen = asked ?? (look === 'list' ? proposed.current : undefined)
  const step = chosen === undefined ? undefined : [...view.steps.values()].find(({ path }) => path === chosen)
  const choose = (key: string): void => go({ kind: 'run', run: live.run, tab: 'steps', step: key })
  const move = (by: number): void => {
    const next =
      steps[
        Math.max(
          0,
          steps.findIndex(({ key }) => key === chosen),
        ) + by
      ]
    if (next !== undefined) choose(next.key)
  }
  useShortcuts('Steps', [
    { keys: 'j', about: 'next step', run: () => move(1) },
    { keys: 'k', about: 'step before', run: () => move(-1) },
    { keys: 'v', about: 'list or graph', run: () => show(look === 'list' ? 'graph' : 'list') },
  ])
  useEffect(() => {
    document.querySelector('.outline [aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  if (view.plan === undefined) return <NotBegun live={live} />
  return (
    <div class={`steps as-${look}${step === undefined ? ' alone' : ''}`}>
      <div class="steps-map">
        <Segmented label="Shown as" words={{ list: 'List', graph: 'Graph' }} chosen={look} onChoose={show} />
        {look === 'list' ? (
          <Outline run={live.run} tree={tree} view={view} chosen={chosen} folded={folded} />
        ) : (
          <GraphView tree={tree} view={view} chosen={chosen} folded={folded} onChoose={choose} />
        )}
      </div>
      {step !== undefined && <StepPanel key={step.path} live={live} step={step} line={route.line} closes={look === 'graph'} />}
    </div>
  )
}

/** Its line in the list says why. */
function NotBegun({ live }: Pick<TabProps, 'live'>) {
  const status = live.row.value?.status
  if (status === 'queued') return <Empty title="Waiting for its turn">It begins when a run before it ends; this page shows it then.</Empty>
  if (status === 'refused') return <Empty title="This run did not begin">{live.row.value?.refusal}</Empty>
  return <Waiting what="the steps" />
}

function show(look: StepsLook): void {
  chosenView.value = look
}

/** What needs a person, has failed or is under way; else the first that has done anything. */
function mostUrgent(steps: readonly StepView[]): StepView | undefined {
  const urgent = byUrgency.slice(0, byUrgency.indexOf('queued'))
  for (const status of urgent) {
    const found = steps.find((step) => stepStatus(step) === status)
    if (found !== undefined) return found
  }
  return steps.find(({ startedAt }) => startedAt !== undefined) ?? steps[0]
}

/** One run: its head, and under the tabs its steps, times, artifacts, tests, scans and what it was started with. */
import type { ComponentType } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'
import { useShortcuts } from '../frame/shortcuts.ts'
import { useTitle } from '../frame/title.ts'
import { type RunNode, runTree } from '../graph/run-tree.ts'
import { go } from '../navigation.ts'
import { hrefOf, type Route, type RunTab, runTabs } from '../router.ts'
import { statuses } from '../status/status.ts'
import { FailureBox, Waiting } from '../ui/empty.tsx'
import { AboutTab } from './about-tab.tsx'
import { ArtifactsTab } from './artifacts-tab.tsx'
import { followRun, type LiveRun } from './live-run.ts'
import { RunHead } from './run-head.tsx'
import { runStatus } from './run-status.ts'
import { ScanTab } from './scan-tab.tsx'
import { StepsTab } from './steps-tab.tsx'
import { countsOfTabs } from './tab-counts.ts'
import { TestsTab } from './tests-tab.tsx'
import { TimelineTab } from './timeline-tab.tsx'

export type RunRoute = Extract<Route, { readonly kind: 'run' }>

export interface TabProps {
  readonly live: LiveRun
  readonly tree: readonly RunNode[]
  readonly route: RunRoute
}

const tabs = {
  steps: { title: 'Steps', page: StepsTab },
  timeline: { title: 'Timeline', page: TimelineTab },
  artifacts: { title: 'Artifacts', page: ArtifactsTab },
  tests: { title: 'Tests', page: TestsTab },
  scan: { title: 'Scan', page: ScanTab },
  about: { title: 'About', page: AboutTab },
} satisfies Record<RunTab, { readonly title: string; readonly page: ComponentType<TabProps> }>

export function RunPage({ route }: { readonly route: RunRoute }) {
  const { run, tab } = route
  const live = useMemo(() => followRun(run), [run])
  useEffect(() => () => live.stop(), [live])
  const view = live.view.value
  // Steps come up now and then, their views change all the time.
  const tree = useMemo(() => runTree(view), [view.plan, view.steps.size, view.stages.size])
  const row = live.row.value
  const name = view.plan?.pipeline.name ?? row?.pipelineName
  const number = view.sequenceId ?? row?.sequenceId
  const status = runStatus(view, row)
  useTitle(name === undefined ? 'Run' : `${statuses[status].word}: ${name}${number === undefined ? '' : ` #${number}`}`)
  useShortcuts(
    'Run',
    runTabs.map((one, i) => ({ keys: String(i + 1), about: tabs[one].title.toLowerCase(), run: () => go({ kind: 'run', run, tab: one }) })),
  )
  const failure = live.failure.value
  if (failure !== undefined) return <FailureBox failure={failure} />
  if (name === undefined) return <Waiting what="the run" />
  const counts = countsOfTabs(view)
  const Page = tabs[tab].page
  return (
    <div class="run">
      <RunHead live={live} tree={tree} name={name} number={number} status={status} />
      <nav class="tabs" aria-label="Parts of the run">
        {runTabs.map((one) => (
          <a key={one} href={hrefOf({ kind: 'run', run, tab: one })} aria-current={one === tab ? 'page' : undefined}>
            {tabs[one].title}
            {counts[one] !== undefined && <span class={`pill ${counts[one].tone}`}>{counts[one].text}</span>}
          </a>
        ))}
      </nav>
      <Page live={live} tree={tree} route={route} />
    </div>
  )
}

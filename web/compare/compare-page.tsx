/** Two runs side by side: what became of each step, how long it took, and what was different about it. */
import { useEffect, useMemo } from 'preact/hooks'
import { humanDuration } from '../../src/base/human.ts'
import { useTitle } from '../frame/title.ts'
import { hrefOf, type Route } from '../router.ts'
import { followRun, type LiveRun } from '../run/live-run.ts'
import { runStatus } from '../run/run-status.ts'
import { FailureBox, Waiting } from '../ui/empty.tsx'
import { Ago, Duration } from '../ui/moment.tsx'
import { StatusBadge, StatusIcon } from '../ui/status-badge.tsx'
import { Wide } from '../ui/wide.tsx'
import { type ComparedSide, type ComparedStep, codeDifferences, compareRuns, type Difference } from './compare-runs.ts'

export type CompareRoute = Extract<Route, { readonly kind: 'compare' }>

export function ComparePage({ route: { runs } }: { readonly route: CompareRoute }) {
  const [first, second] = runs
  const before = useLive(first)
  const after = useLive(second)
  useTitle('Two runs')
  const failure = before.failure.value ?? after.failure.value
  if (failure !== undefined) return <FailureBox failure={failure} />
  const [a, b] = [before.view.value, after.view.value]
  if (a.plan === undefined || b.plan === undefined) return <Waiting what="both runs" />
  const code = codeDifferences(a, b)
  return (
    <div class="page">
      <header class="page-head">
        <h1>Two runs</h1>
      </header>
      <div class="sides">
        <Side live={before} word="Before" />
        <Side live={after} word="After" />
      </div>
      {code.length > 0 && (
        <section class="card">
          <h2>The code</h2>
          <Differences list={code} />
        </section>
      )}
      <section class="card">
        <h2>Steps</h2>
        <Wide label="Steps of both runs">
          <table class="compared">
            <thead>
              <tr>
                <th>Step</th>
                <th>Before</th>
                <th>After</th>
                <th>Time</th>
                <th>What is different</th>
              </tr>
            </thead>
            <tbody>
              {compareRuns(a, b).map((step) => (
                <Row key={step.path} step={step} run={second} />
              ))}
            </tbody>
          </table>
        </Wide>
      </section>
    </div>
  )
}

function useLive(run: string): LiveRun {
  const live = useMemo(() => followRun(run), [run])
  useEffect(() => () => live.stop(), [live])
  return live
}

function Side({ live, word }: { readonly live: LiveRun; readonly word: string }) {
  const view = live.view.value
  return (
    <a class="card side" href={hrefOf({ kind: 'run', run: live.run, tab: 'steps' })}>
      <span class="faint">{word}</span>
      <strong>{`${view.plan?.pipeline.name ?? ''} #${view.sequenceId ?? ''}`}</strong>
      <StatusBadge status={runStatus(view, live.row.value)} />
      <span class="faint">
        {view.startedAt !== undefined && <Ago at={view.startedAt} />} · <Duration from={view.startedAt} to={view.finishedAt} />
      </span>
    </a>
  )
}

function Row({ step: { path, name, before, after, differs }, run }: { readonly step: ComparedStep; readonly run: string }) {
  const changed = before?.status !== after?.status
  return (
    <tr class={changed ? 'changed' : ''}>
      <th scope="row">{after === undefined ? name : <a href={hrefOf({ kind: 'run', run, tab: 'steps', step: path })}>{name}</a>}</th>
      <td>
        <How side={before} />
      </td>
      <td>
        <How side={after} />
      </td>
      <td>{gained(before, after)}</td>
      <td>
        {differs.length > 0 ? (
          <Differences list={differs} />
        ) : (
          <span class="faint">{before === undefined || after === undefined ? 'in one run only' : 'nothing'}</span>
        )}
      </td>
    </tr>
  )
}

function How({ side }: { readonly side: ComparedSide | undefined }) {
  if (side === undefined) return <span class="faint">–</span>
  return (
    <span class="how">
      <StatusIcon status={side.status} />
      {side.ms !== undefined && humanDuration(side.ms)}
    </span>
  )
}

/** Less than a tenth of a second is noise. */
function gained(before: ComparedSide | undefined, after: ComparedSide | undefined) {
  if (before?.ms === undefined || after?.ms === undefined) return ''
  const more = after.ms - before.ms
  if (Math.abs(more) < 100) return <span class="faint">same</span>
  return <span class={more > 0 ? 'slower' : 'faster'}>{`${more > 0 ? '+' : '−'}${humanDuration(Math.abs(more))}`}</span>
}

function Differences({ list }: { readonly list: readonly Difference[] }) {
  return (
    <dl class="differences">
      {list.map(({ what, before, after }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            <del>{before === '' ? 'nothing' : before}</del>
            <ins>{after === '' ? 'nothing' : after}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}

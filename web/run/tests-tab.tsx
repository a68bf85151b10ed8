/** What the test reports of a run say: totals, and the failures with what they said. */
import { humanDuration, plural } from '../../src/base/human.ts'
import type { FailedTest, TestResults } from '../../src/events/test-results.ts'
import { addTotals, noTests, type TestTotals } from '../../src/events/test-results.ts'
import { hrefOf } from '../router.ts'
import { Empty } from '../ui/empty.tsx'
import { StatusIcon } from '../ui/status-badge.tsx'
import type { TabProps } from './run-page.tsx'

export function TestsTab({ live, route }: TabProps) {
  const steps = [...live.view.value.steps.values()].flatMap(({ path, name, tests }) => (tests === undefined ? [] : [{ path, name, tests }]))
  if (steps.length === 0) {
    return (
      <Empty title="No test reports" command="reports: { type: JUnit, spec: { paths: [report.xml] } }">
        No step of this run has left one. Put this into the spec of a Run step to have its JUnit XML read.
      </Empty>
    )
  }
  const all = steps.map(({ tests }) => tests.totals).reduce(addTotals, noTests)
  return (
    <div class="tab">
      <Totals totals={all} />
      {steps.map(({ path, name, tests }) => (
        <section key={path} class="card">
          <h2>
            <a href={hrefOf({ kind: 'run', run: route.run, tab: 'steps', step: path })}>{name}</a>
            <span class="faint">{`${plural(tests.totals.tests, 'test')} in ${humanDuration(tests.totals.ms)}, ${plural(tests.files, 'report')}`}</span>
          </h2>
          <Failures tests={tests} />
        </section>
      ))}
    </div>
  )
}

function Totals({ totals }: { readonly totals: TestTotals }) {
  const parts = [
    ['passed', totals.passed, 'good'],
    ['failed', totals.failed, 'bad'],
    ['broken', totals.errored, 'odd'],
    ['skipped', totals.skipped, 'still'],
  ] as const
  return (
    <div class="totals">
      <div class="ratio" aria-hidden="true">
        {parts.map(([name, count, tone]) => count > 0 && <span key={name} class={tone} style={{ flexGrow: count }} />)}
      </div>
      <ul>
        {parts.map(([name, count, tone]) => (
          <li key={name} class={count > 0 ? tone : 'faint'}>
            <strong>{count}</strong> {name}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Failures({ tests }: { readonly tests: TestResults }) {
  if (tests.failures.length === 0) return <p class="faint">All of them passed.</p>
  return (
    <>
      <ul class="failures">
        {tests.failures.map((failure, i) => (
          <Failure key={i} failure={failure} />
        ))}
      </ul>
      {tests.more > 0 && <p class="faint">{`and ${tests.more} more`}</p>}
    </>
  )
}

function Failure({ failure: { outcome, suite, name, message, details, at } }: { readonly failure: FailedTest }) {
  return (
    <li>
      <details>
        <summary>
          <StatusIcon status={outcome} />
          <span class="suite">{suite}</span>
          <strong>{name}</strong>
          <span class="message">{message}</span>
        </summary>
        {at !== undefined && <p class="faint">{at.line === undefined ? at.file : `${at.file}:${at.line}`}</p>}
        <pre>{details === '' ? message : details}</pre>
      </details>
    </li>
  )
}

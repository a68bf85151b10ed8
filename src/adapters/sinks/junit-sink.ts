/** A run as JUnit XML: a suite for each stage, a case for each step. Written once, when the run is over. */
import type { Instant } from '../../base/clock.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import { emptyView, type RunView, type StageView, type StepView } from '../../events/run-view.ts'
import { tailLines } from '../../events/tail.ts'
import type { Sink } from '../../ports/sink.ts'
import { renderDiagnostic } from '../../text/render-diagnostic.ts'
import { printable } from '../../text/terminal-text.ts'
import { outcomeText } from './outcome-text.ts'
import { type Xml, xmlText } from './xml-text.ts'

export function junitSink(o: { readonly write: (text: string) => Promise<void> | void }): Sink {
  let view = emptyView
  return {
    name: 'junit',
    write(recorded) {
      view = reduceRun(view, recorded)
    },
    close: async () => {
      await o.write(`<?xml version="1.0" encoding="UTF-8"?>\n${xmlText(suites(view))}\n`)
    },
  }
}

function suites(view: RunView): Xml {
  const children = [...view.stages.values()].map((stage) => suite(stage, view))
  return { name: 'testsuites', attributes: { name: view.plan?.pipeline.name ?? '', ...sums(children), time: seconds(view) }, children }
}

function suite(stage: StageView, view: RunView): Xml {
  const steps = [...view.steps.values()].filter((step) => step.path.startsWith(`${stage.path}/`))
  const own = stageCase(stage, steps)
  const cases = [...(own === undefined ? [] : [own]), ...steps.map(stepCase)]
  const counted = {
    tests: cases.length,
    failures: having(cases, 'failure'),
    errors: having(cases, 'error'),
    skipped: having(cases, 'skipped'),
  }
  const started = stage.startedAt === undefined ? {} : { timestamp: new Date(stage.startedAt).toISOString().slice(0, 19) }
  return { name: 'testsuite', attributes: { name: stage.path, ...counted, time: seconds(stage), ...started }, children: cases }
}

function having(cases: readonly Xml[], name: string): number {
  return cases.filter(({ children = [] }) => children.some((child) => child.name === name)).length
}

function sums(children: readonly Xml[]): Readonly<Record<string, number>> {
  const sum = (name: string): number => children.reduce((total, child) => total + Number(child.attributes?.[name] ?? 0), 0)
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors'), skipped: sum('skipped') }
}

/** A stage that failed by itself, such as by its timeout: no step tells of it. */
function stageCase({ path, outcome, ...times }: StageView, steps: readonly StepView[]): Xml | undefined {
  if (outcome?.kind !== 'errored' || steps.some((step) => step.status === 'errored' || step.status === 'failed')) return undefined
  return { name: 'testcase', attributes: { classname: path, name: path, time: seconds(times) }, children: [verdict('error', outcome.problem)] }
}

function stepCase(step: StepView): Xml {
  const at = step.path.lastIndexOf('/')
  const words = tailLines(step.tail).map((line) => printable(line, { colours: false }))
  const said: readonly Xml[] = words.length === 0 ? [] : [{ name: 'system-out', text: words.join('\n') }]
  return {
    name: 'testcase',
    attributes: { classname: step.path.slice(0, at), name: step.path.slice(at + 1), time: seconds(step) },
    children: [...result(step), ...said],
  }
}

function result({ outcome, status }: StepView): readonly Xml[] {
  if (outcome === undefined) return [{ name: 'skipped', attributes: { message: status === 'running' ? 'it did not come to an end' : 'it was not begun' } }]
  if (outcome.kind === 'passed') return []
  if (outcome.kind === 'skipped') return [{ name: 'skipped', attributes: { message: outcome.because } }]
  if (outcome.kind === 'aborted') return [{ name: 'error', attributes: { message: outcomeText(outcome), type: 'aborted' } }]
  if (outcome.ignored === true) return [{ name: 'skipped', attributes: { message: outcomeText(outcome) } }]
  const name = outcome.kind === 'failed' ? 'failure' : 'error'
  return [outcome.problem === undefined ? { name, attributes: { message: outcomeText(outcome), type: outcome.kind } } : verdict(name, outcome.problem)]
}

function verdict(name: 'failure' | 'error', problem: Diagnostic): Xml {
  return { name, attributes: { message: problem.message, type: problem.code }, text: renderDiagnostic(problem) }
}

function seconds({ startedAt, finishedAt }: { readonly startedAt?: Instant; readonly finishedAt?: Instant }): string {
  return startedAt === undefined || finishedAt === undefined ? '0' : ((finishedAt - startedAt) / 1000).toFixed(3)
}

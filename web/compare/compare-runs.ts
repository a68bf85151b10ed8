/** Two runs of a pipeline side by side: steps by their paths, with what is different. Pure. */
import type { RunView, StepView } from '../../src/events/run-view.ts'
import type { Status } from '../status/status.ts'
import { stepStatus } from '../status/step-status.ts'

export interface ComparedStep {
  readonly path: string
  readonly name: string
  /** Undefined where the run has no such step. */
  readonly before: ComparedSide | undefined
  readonly after: ComparedSide | undefined
  /** What is different beside the time it took. */
  readonly differs: readonly Difference[]
}

export interface ComparedSide {
  readonly status: Status
  readonly ms: number | undefined
}

export interface Difference {
  readonly what: string
  readonly before: string
  readonly after: string
}

export function compareRuns(before: RunView, after: RunView): readonly ComparedStep[] {
  const paths = [...new Set([...after.steps.keys(), ...before.steps.keys()])]
  return paths.map((path) => {
    const [a, b] = [before.steps.get(path), after.steps.get(path)]
    return { path, name: (b ?? a)?.name ?? path, before: side(a), after: side(b), differs: a === undefined || b === undefined ? [] : differences(a, b) }
  })
}

export function codeDifferences(before: RunView, after: RunView): readonly Difference[] {
  const [a, b] = [before.codebase, after.codebase]
  return pairs([
    ['branch', a?.branch ?? '', b?.branch ?? ''],
    ['commit', a?.commitSha ?? '', b?.commitSha ?? ''],
    ['file', before.pipelineFile ?? '', after.pipelineFile ?? ''],
  ])
}

function side(step: StepView | undefined): ComparedSide | undefined {
  if (step === undefined) return undefined
  const { startedAt, finishedAt } = step
  return { status: stepStatus(step), ms: startedAt === undefined || finishedAt === undefined ? undefined : finishedAt - startedAt }
}

function differences(a: StepView, b: StepView): readonly Difference[] {
  const outputs = names(a.outputs, b.outputs).map(([name, x, y]) => [name, x?.value ?? '', y?.value ?? ''] as const)
  const variables = (step: StepView) => (step.facts ?? []).filter(({ about }) => about === 'variable').map(({ name = '', text }) => ({ name, text }))
  const given = names(variables(a), variables(b)).map(([name, x, y]) => [name, x?.text ?? '', y?.text ?? ''] as const)
  const fact = (step: StepView, about: string): string =>
    (step.facts ?? [])
      .filter((one) => one.about === about)
      .map(({ name, text }) => name ?? text)
      .join(', ')
  const facts = (['image', 'script', 'tool', 'engine'] as const).map((about) => [about, fact(a, about), fact(b, about)] as const)
  const digest = (step: StepView): string => step.built?.digest ?? step.delivered[0]?.digest ?? ''
  const tests = (step: StepView): string => (step.tests === undefined ? '' : `${step.tests.totals.passed} of ${step.tests.totals.tests} passed`)
  return [
    ...pairs([['digest', digest(a), digest(b)], ['tests', tests(a), tests(b)], ...facts]),
    ...pairs(given).map((one) => ({ ...one, what: `variable ${one.what}` })),
    ...pairs(outputs).map((one) => ({ ...one, what: `output ${one.what}` })),
  ]
}

type Pair = readonly [what: string, before: string, after: string]

function pairs(all: readonly Pair[]): readonly Difference[] {
  return all.filter(([, a, b]) => a !== b).map(([what, before, after]) => ({ what, before, after }))
}

function names<T extends { readonly name: string }>(a: readonly T[], b: readonly T[]): readonly (readonly [string, T | undefined, T | undefined])[] {
  const all = [...new Set([...a, ...b].map(({ name }) => name))]
  return all.map((name) => [name, a.find((one) => one.name === name), b.find((one) => one.name === name)])
}

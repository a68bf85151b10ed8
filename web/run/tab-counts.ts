/** What the tabs of a run announce: how much is behind them, and whether it is bad. */

import type { RunView, StepView } from '../../src/events/run-view.ts'
import { addTotals, noTests } from '../../src/events/test-results.ts'
import type { RunTab } from '../router.ts'
import type { Tone } from '../status/status.ts'

type Announced = Partial<Record<RunTab, { readonly text: string; readonly tone: Tone }>>

export function countsOfTabs(view: RunView): Announced {
  const steps = [...view.steps.values()]
  const artifacts = steps.reduce((sum, step) => sum + artifactCount(step), 0)
  const tests = steps.flatMap((step) => (step.tests === undefined ? [] : [step.tests.totals])).reduce(addTotals, noTests)
  const broken = tests.failed + tests.errored
  const scans = steps.flatMap((step) => (step.scan === undefined ? [] : [step.scan]))
  const flaws = scans.reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0)
  return {
    ...(artifacts > 0 && { artifacts: { text: String(artifacts), tone: 'still' as const } }),
    ...(tests.tests > 0 && { tests: broken > 0 ? { text: `${broken} failed`, tone: 'bad' as const } : { text: String(tests.tests), tone: 'good' as const } }),
    ...(scans.length > 0 && { scan: { text: String(flaws), tone: scans.some(({ gate }) => gate.held > 0) ? ('bad' as const) : ('still' as const) } }),
  }
}

export function artifactCount({ delivered, published, links, files }: StepView): number {
  return Math.max(delivered.length, published?.images.length ?? 0) + files.length + (links?.length ?? 0)
}

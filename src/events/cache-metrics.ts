/** How the steps of a build ended, as the file of cache metrics tells it: counts, and each step by its number with its seconds. */
import type { BuildStepView, BuildView } from './build-view.ts'

const words = { done: 'DONE', cached: 'CACHED', failed: 'ERROR', aborted: 'CANCELED' } as const satisfies Record<
  Exclude<BuildStepView['state'], 'running'>,
  string
>

/** What had not ended when the build did was stopped by it. */
export function cacheMetrics(view: BuildView): string {
  const steps = [...view.steps.values()].map(({ step, state, startedAt, endedAt = startedAt }) => ({
    step,
    status: words[state === 'running' ? 'aborted' : state],
    time: state === 'cached' ? 0 : Math.round(endedAt - startedAt) / 1000,
  }))
  const count = (word: string): number => steps.filter(({ status }) => status === word).length
  const layers = Object.fromEntries(steps.map(({ step, status, time }) => [step, { status, time }]))
  const counts = { done: count('DONE'), cached: count('CACHED'), error: count('ERROR'), canceled: count('CANCELED') }
  return JSON.stringify({ total_layers: steps.length, ...counts, layers }, null, 2)
}

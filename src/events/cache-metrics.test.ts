import { expect, it } from 'vitest'
import type { BuildEvent } from './build-event.ts'
import { emptyBuild, reduceBuild } from './build-view.ts'
import { cacheMetrics } from './cache-metrics.ts'

it('counts how steps ended, and tells each with its seconds', () => {
  const events: readonly (readonly [number, BuildEvent])[] = [
    [0, { kind: 'step', step: 1, title: '[1/4] COPY a /' }],
    [10, { kind: 'end', step: 1, state: 'cached' }],
    [10, { kind: 'step', step: 2, title: '[2/4] RUN x' }],
    [1260, { kind: 'end', step: 2, state: 'done' }],
    [1260, { kind: 'step', step: 3, title: '[3/4] RUN y' }],
    [1260, { kind: 'step', step: 4, title: '[4/4] RUN z' }],
    [1300, { kind: 'end', step: 3, state: 'failed', reason: 'exit code 1' }],
  ]
  const view = events.reduce((before, [at, event]) => reduceBuild(before, event, at), emptyBuild)
  expect(JSON.parse(cacheMetrics(view))).toEqual({
    total_layers: 4,
    done: 1,
    cached: 1,
    error: 1,
    canceled: 1,
    layers: {
      1: { status: 'CACHED', time: 0 },
      2: { status: 'DONE', time: 1.25 },
      3: { status: 'ERROR', time: 0.04 },
      4: { status: 'CANCELED', time: 0 },
    },
  })
})

import { describe, expect, it } from 'vitest'
import { brandAs } from '../../base/brand.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import type { Recorded, RunEvent, RunId } from '../../events/run-event.ts'
import { emptyView } from '../../events/run-view.ts'
import { stepPath } from '../../events/step-path.ts'
import { calmFold } from './calm-fold.ts'

const [a, b] = [stepPath('s', 'a'), stepPath('s', 'b')]
const said = (step: typeof a, text: string): RunEvent => ({ kind: 'step.output', step, stream: 'out', text })

describe('the fold for sinks that look now and then', () => {
  it('shows what the fold of every event shows, whenever it is looked at', () => {
    const events: readonly RunEvent[] = [
      { kind: 'step.started', step: a, does: 'x' },
      said(a, 'one\ntw'),
      { kind: 'step.started', step: b, does: 'y' },
      said(b, 'other\n'),
      said(a, 'o\nthree\r'),
      { kind: 'step.finished', step: b, outcome: { kind: 'passed' } },
      said(a, 'four\n'),
      { kind: 'step.finished', step: a, outcome: { kind: 'passed' } },
    ]
    const recorded = events.map((event, i): Recorded => ({ run: brandAs<RunId>('r'), seq: i + 1, at: i, event }))
    const steps = (upTo: number) => recorded.slice(0, upTo).reduce(reduceRun, emptyView).steps
    for (const looks of [[], [2], [3, 5], [1, 2, 3, 4, 5, 6, 7]]) {
      const calm = calmFold()
      for (const [i, one] of recorded.entries()) {
        calm.see(one)
        if (looks.includes(i)) expect(calm.view().steps).toEqual(steps(i + 1))
      }
      expect(calm.view().steps).toEqual(steps(recorded.length))
    }
  })
})

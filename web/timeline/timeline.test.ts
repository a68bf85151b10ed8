import { describe, expect, it } from 'vitest'
import type { RunView } from '../../src/events/run-view.ts'
import { emptyView } from '../../src/events/run-view.ts'
import type { RunNode } from '../graph/run-tree.ts'
import { ticksOf, timeline } from './timeline.ts'

const step = (key: string): RunNode => ({ kind: 'step', key, name: key, type: 'Run' })

describe('the timeline', () => {
  it('has a row for each stage and step that has begun; what is under way goes on until now', () => {
    const view = {
      ...emptyView,
      status: 'running',
      startedAt: 1000,
      stages: new Map([['s', { path: 's', status: 'running', startedAt: 1000, notes: [] }]]),
      steps: new Map([
        ['s/a', { path: 's/a', status: 'passed', startedAt: 1000, finishedAt: 3000 }],
        ['s/b', { path: 's/b', status: 'running', startedAt: 3000 }],
        ['s/c', { path: 's/c', status: 'waiting' }],
      ]),
    } as unknown as RunView
    const found = timeline([{ kind: 'stage', key: 's', name: 's', on: 'local', children: ['s/a', 's/b', 's/c'].map(step) }], view, 5000)
    expect(found.rows.map(({ key, from, to }) => [key, from, to])).toEqual([
      ['s', 1000, 5000],
      ['s/a', 1000, 3000],
      ['s/b', 3000, 5000],
    ])
    expect([found.from, found.to]).toEqual([1000, 5000])
  })

  it.each([
    [4000, 500],
    [60_000, 10_000],
    [3_600_000, 600_000],
    [1, 0.001 * 1000],
  ])('marks %d ms every %d ms', (length, distance) => {
    expect((ticksOf(length)[1] ?? 0) - (ticksOf(length)[0] ?? 0)).toBe(distance)
    expect(ticksOf(length).length).toBeLessThanOrEqual(9)
  })
})

import { describe, expect, it } from 'vitest'
import type { StepView } from '../../src/events/run-view.ts'
import { byUrgency, statuses } from './status.ts'
import { countsText, groupStatus, stepStatus } from './step-status.ts'

const step = (more: Partial<StepView>): StepView => ({ status: 'running', ...more }) as StepView

describe('how things stand', () => {
  it('counts every status there is', () => {
    expect([...byUrgency].sort()).toEqual(Object.keys(statuses).sort())
  })

  it('says why a running step stands still, and when its failure does not count', () => {
    expect(stepStatus(step({}))).toBe('running')
    expect(stepStatus(step({ pause: { kind: 'decision', until: 1 } }))).toBe('asking')
    expect(stepStatus(step({ pause: { kind: 'retry', attempt: 1, of: 2, until: 1 } }))).toBe('retrying')
    expect(stepStatus(step({ status: 'failed', outcome: { kind: 'failed', exit: { kind: 'exited', code: 1 }, ignored: true } }))).toBe('ignored')
  })

  it('makes of a group what its steps are', () => {
    expect(groupStatus(['passed', 'failed', 'running'])).toBe('failed')
    expect(groupStatus(['passed', 'waiting'])).toBe('running')
    expect(groupStatus(['skipped', 'passed'])).toBe('passed')
    expect(groupStatus(['skipped'])).toBe('skipped')
    expect(groupStatus([])).toBe('waiting')
  })

  it('tells first what needs a person', () => {
    expect(countsText(['passed', 'passed', 'asking', 'failed'])).toBe('1 needs a decision, 1 failed, 2 passed')
  })
})

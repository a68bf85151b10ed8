/** RT-02, RT-03: every kind of error against every action, on each level where a strategy may stand. */
import { describe, expect, it } from 'vitest'
import { group, type Node, onFailure, parallel, pipeline, stage, step } from '../../test/support/flow-text.ts'
import { runText } from '../../test/support/run-text.ts'
import { fakeFailures } from '../adapters/infra/fake/fake-failures.ts'
import { failureKinds } from '../pipeline/failure-kinds.ts'

const raised = ['ResourceLimitsFailure', ...Object.keys(fakeFailures)] as const
const failing = (kind: string): Readonly<Record<string, string>> => (kind === 'ResourceLimitsFailure' ? { FAKE_OOM: 'true' } : { FAKE_FAIL: kind })
const levels = ['step', 'group', 'stage'] as const

/** A failing step and one after it, with a strategy on one level. */
function flow(level: (typeof levels)[number], rule: Node, env: Readonly<Record<string, string>>): string {
  const at = (here: (typeof levels)[number]): Node => (here === level ? { failureStrategies: [rule] } : {})
  return pipeline([stage('s', [group('g', [step('a', env, at('step')), step('b')], at('group'))], at('stage')), stage('t', [step('c')])])
}

describe.each(raised)('an error of the kind %s', (kind) => {
  it('is caught by its own kind and by AllErrors, and by no other of the eighteen', async () => {
    const caught: string[] = []
    for (const wanted of failureKinds) {
      const { outcome } = await runText(flow('step', onFailure([wanted], 'Ignore'), failing(kind)))
      if (outcome.kind === 'passed') caught.push(wanted)
    }
    expect(caught).toEqual(failureKinds.filter((wanted) => wanted === kind || wanted === 'AllErrors'))
  })
})

describe.each(levels)('a strategy of the %s', (level) => {
  const retry = { retryCount: 1, retryIntervals: ['1m'] }
  /** action, spec, how the step, the one after it, the next stage and the run end, minutes */
  it.each([
    ['Ignore', undefined, ['failed', 'passed', 'passed', 'passed'], 0],
    ['MarkAsSuccess', undefined, ['passed', 'passed', 'passed', 'passed'], 0],
    ['MarkAsFailure', undefined, ['failed', 'skipped', 'skipped', 'failed'], 0],
    ['Abort', undefined, ['failed', 'aborted', 'aborted', 'aborted'], 0],
    ['Retry', retry, ['failed', 'skipped', 'skipped', 'failed'], 1],
    ['Retry', { ...retry, onRetryFailure: { action: { type: 'Ignore' } } }, ['failed', 'passed', 'passed', 'passed'], 1],
    ['Retry', { ...retry, onRetryFailure: { action: { type: 'Abort' } } }, ['failed', 'aborted', 'aborted', 'aborted'], 1],
    ['Retry', { ...retry, condition: '<+steps.a.exitCode> == 9' }, ['failed', 'skipped', 'skipped', 'failed'], 0],
    ['RetryStepGroup', retry, ['failed', 'skipped', 'skipped', 'failed'], 1],
    ['RetryStepGroup', { ...retry, onRetryFailure: { action: { type: 'MarkAsSuccess' } } }, ['passed', 'passed', 'passed', 'passed'], 1],
    ['ManualIntervention', { timeout: '2m', onTimeout: { action: { type: 'MarkAsSuccess' } } }, ['passed', 'passed', 'passed', 'passed'], 2],
    ['ManualIntervention', { timeout: '2m', onTimeout: { action: { type: 'Abort' } } }, ['failed', 'aborted', 'aborted', 'aborted'], 2],
    ['StageRollback', undefined, ['failed', 'skipped', 'skipped', 'failed'], 0],
    ['StepGroupRollback', undefined, ['failed', 'skipped', 'skipped', 'failed'], 0],
    ['PipelineRollback', undefined, ['failed', 'skipped', 'skipped', 'failed'], 0],
    ['ProceedWithDefaultValues', undefined, ['failed', 'skipped', 'skipped', 'failed'], 0],
  ] as const)('%s %o', async (type, spec, ends, minutes) => {
    const ran = await runText(flow(level, onFailure(['AllErrors'], type, spec), { FAKE_EXIT: '3' }), { decide: () => undefined })
    expect([ran.statuses['s/g/a'], ran.statuses['s/g/b'], ran.statuses['t/c'], ran.outcome.kind]).toEqual(ends)
    expect([ran.elapsed, ran.replayed]).toEqual([minutes * 60_000, ran.live])
  })
})

describe('limits of time', () => {
  it('of a step, and the steps that run in any case come after it', async () => {
    const all = { when: { stageStatus: 'All' } }
    const ran = await runText(pipeline([stage('s', [step('a', { FAKE_HANG: 'true' }, { timeout: '30s' }), step('b'), step('c', {}, all)])]))
    expect([ran.statuses, ran.elapsed]).toEqual([{ 's/a': 'errored', 's/b': 'skipped', 's/c': 'passed' }, 30_000])
  })

  describe('of a group', () => {
    const hangs = step('a', { FAKE_HANG: 'true' })
    const group = (more: object) => ({ stepGroup: { identifier: 'g', name: 'g', steps: [hangs, step('b')], timeout: '1m', ...more } })
    const said = (action: string) => [{ onFailure: { errors: ['Timeout'], action: { type: action } } }]

    it('ends its steps, and only what runs in any case comes after it', async () => {
      const ran = await runText(pipeline([stage('s', [group({}), step('c'), step('d', {}, { when: { stageStatus: 'All' } })])]))
      expect([ran.statuses, ran.elapsed]).toEqual([{ 's/g/a': 'aborted', 's/g/b': 'aborted', 's/c': 'skipped', 's/d': 'passed' }, 60_000])
      expect(ran.outcome).toMatchObject({ kind: 'errored', problem: { code: 'GROUP_TIMEOUT' } })
    })

    it.each(['Ignore', 'MarkAsSuccess'])('is what its strategy %s makes of it', async (action) => {
      const ran = await runText(pipeline([stage('s', [group({ failureStrategies: said(action) }), step('c')])]))
      expect(ran.statuses['s/c']).toBe('passed')
      const byStage = await runText(pipeline([stage('s', [group({}), step('c')], { failureStrategies: said(action) })]))
      expect(byStage.statuses['s/c']).toBe('passed')
    })

    it('is no matter when its steps are done in time', async () => {
      const ran = await runText(pipeline([stage('s', [group({ steps: [step('a', { FAKE_SLEEP: '50s' })] }), step('c', { FAKE_SLEEP: '50s' })])]))
      expect([ran.outcome, ran.elapsed]).toEqual([{ kind: 'passed' }, 100_000])
    })
  })

  it('of a stage and of the run end also what runs in any case', async () => {
    const steps = [step('a', { FAKE_HANG: 'true' }), step('c', {}, { when: { stageStatus: 'All' } })]
    const later = stage('t', [step('d')], { when: { pipelineStatus: 'All' } })
    const byStage = await runText(pipeline([stage('s', steps, { timeout: '1m' }), later]))
    expect(byStage.statuses).toEqual({ 's/a': 'aborted', 's/c': 'aborted', 't/d': 'passed' })
    const byRun = await runText(pipeline([stage('s', steps), later], { timeout: '1m' }))
    expect(byRun.statuses).toEqual({ 's/a': 'aborted', 's/c': 'aborted', 't/d': 'aborted' })
  })

  it('wait for a step that is not ended politely', async () => {
    const ran = await runText(pipeline([stage('s', [step('a', { FAKE_HANG: 'true', FAKE_IGNORE_TERM: 'true' }, { timeout: '30s' })])]))
    expect([ran.outcome, ran.elapsed]).toEqual([expect.objectContaining({ kind: 'errored' }), 40_000])
  })
})

describe('P-04 a stage that is the only member of `parallel`', () => {
  it('runs exactly as a plain stage', async () => {
    const one = stage('s', [step('a', { FAKE_SLEEP: '1m', FAKE_OUTPUT: 'hello' }), step('b', { FAKE_EXIT: '2' }), step('c')])
    const next = stage('t', [step('d')], { when: { pipelineStatus: 'All' } })
    const [plain, alone] = [await runText(pipeline([one, next])), await runText(pipeline([parallel(one), next]))]
    const story = (ran: typeof plain) =>
      ran.recorded
        .slice(1)
        .map(({ at, event }) => ({ at, event: JSON.parse(JSON.stringify(event).replace(/"(line|col|endLine|endCol)":\d+/g, '"$1":0')) as unknown }))
    expect(story(alone)).toEqual(story(plain))
  })

  it('and several run side by side, then the next', async () => {
    const minutes = (id: string, n: number) => stage(id, [step('a', { FAKE_SLEEP: `${n}m` })])
    const ran = await runText(pipeline([parallel(minutes('x', 3), minutes('y', 5)), minutes('z', 1)]))
    expect([ran.elapsed, ran.order]).toEqual([6 * 60_000, ['+x/a', '+y/a', '-x/a', '-y/a', '+z/a', '-z/a']])
  })
})

import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

function pipeline(steps: string): string {
  return `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps.trim().replace(/^/gm, '              ')}\n`
}

function step(id: string, env: Record<string, string> = {}, more = ''): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Run${more}, spec: {command: x, outputVariables: [{name: OUT}], envVariables: ${JSON.stringify(env)}}}`
}

const run = async (steps: readonly string[], o?: RunOptions) => runText(pipeline(steps.join('\n')), o)

describe('running a plan on the fake infrastructure', () => {
  it('runs steps in order and hands outputs on', async () => {
    const { outcome, order, view } = await run([step('a', { FAKE_OUT_OUT: 'blue' }), step('b', { FAKE_OUTPUT: '<+steps.a.output.outputVariables.OUT>' })])
    expect(outcome).toEqual({ kind: 'passed' })
    expect(order).toEqual(['+s/a', '-s/a', '+s/b', '-s/b'])
    expect(view.step('s/b')?.tail).toEqual(['blue', ''])
  })

  it('runs members of a parallel group side by side', async () => {
    const { order, elapsed } = await run(['- parallel:', `    ${step('a', { FAKE_SLEEP: '1000' })}`, `    ${step('b', { FAKE_SLEEP: '1000' })}`, step('c')])
    expect(order.slice(0, 2).toSorted()).toEqual(['+s/a', '+s/b'])
    expect(order.slice(4)).toEqual(['+s/c', '-s/c'])
    expect(elapsed).toBe(1000)
  })

  it('skips what wants success after a failure, and runs what wants failure or anything', async () => {
    const { outcome, statuses } = await run([
      step('a', { FAKE_EXIT: '3' }),
      step('b'),
      step('c', {}, ', when: {stageStatus: Failure}'),
      step('d', {}, ', when: {stageStatus: All, condition: "<+steps.a.status> == \\"FAILED\\""}'),
      step('e', {}, ', when: {stageStatus: All, condition: "false"}'),
    ])
    expect(statuses).toEqual({ 's/a': 'failed', 's/b': 'skipped', 's/c': 'passed', 's/d': 'passed', 's/e': 'skipped' })
    expect(outcome).toMatchObject({ kind: 'failed', exit: { code: 3 } })
  })

  it('runs the turns of a loop, so many at once, also when they are known only then', async () => {
    const { order, elapsed, statuses } = await run([
      step('a', { FAKE_OUT_OUT: 'x,y,z' }),
      step(
        'b',
        { FAKE_SLEEP: '1000', FAKE_OUTPUT: '<+repeat.item>' },
        ', strategy: {repeat: {items: "<+steps.a.output.outputVariables.OUT>", maxConcurrency: 2}}',
      ),
      step('c', { FAKE_OUTPUT: '<+matrix.os>-<+matrix.cpu>' }, ', strategy: {matrix: {os: [l, w], cpu: [1, 2, 3], exclude: [{os: w, cpu: 2}]}}'),
      step('d', { FAKE_OUTPUT: '<+steps.b_2.status>' }),
    ])
    expect(elapsed).toBe(2000)
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['s/b_0', 's/b_1', 's/b_2', 's/c_0', 's/c_4']))
    expect(statuses).not.toHaveProperty('s/c_5')
    expect(order.at(-1)).toBe('-s/d')
  })

  it('ends a step at its timeout and says so', async () => {
    const { outcome, elapsed } = await run([step('a', { FAKE_HANG: 'true' }, ', timeout: 10s')])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'STEP_TIMEOUT' } })
    expect(elapsed).toBe(10_000)
  })

  it('ends everything when the run is aborted', async () => {
    const { outcome, statuses } = await run([step('a', { FAKE_HANG: 'true' }), step('b')], { abortAfter: 500 })
    expect(outcome.kind).toBe('aborted')
    expect(statuses).toEqual({ 's/a': 'aborted', 's/b': 'aborted' })
  })

  it('masks secrets in everything that is recorded', async () => {
    const { recorded } = await run([step('a', { FAKE_OUTPUT: 'the word is <+secrets.getValue("pw")>', OTHER: '<+secrets.getValue("pw")>' })], {
      secrets: { pw: 'open-sesame' },
    })
    expect(JSON.stringify(recorded)).not.toContain('open-sesame')
    expect(JSON.stringify(recorded)).toContain('the word is ********')
  })

  it('names a secret that is nowhere, and runs nothing of the step', async () => {
    const { outcome } = await run([step('a', { X: '<+secrets.getValue("account.nope")>' })])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'SECRET_NOT_FOUND' } })
  })

  it('says why a step could not start', async () => {
    const { outcome } = await run([step('a', { FAKE_START_FAIL: 'no such image' })])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'STEP_START_FAILED' } })
  })

  it('shows the same when its events are replayed', async () => {
    const { recorded, live, replayed } = await run([step('a', { FAKE_OUTPUT: 'one\ntwo' }), step('b', { FAKE_EXIT: '1' })])
    expect(recorded.map((r) => r.seq)).toEqual(recorded.map((_, i) => i + 1))
    expect(replayed).toEqual(live)
  })
})

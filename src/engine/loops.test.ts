/** RT-05, RT-06: loops of steps, groups and stages, nested, and decided at run time. */
import { describe, expect, it } from 'vitest'
import { group, type Node, onFailure, parallel, pipeline, stage, step } from '../../test/support/flow-text.ts'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

const run = (steps: readonly Node[], o?: RunOptions) => runText(pipeline([stage('s', steps)]), o)
const show = (text: string) => ({ FAKE_OUTPUT: text })

function tails(ran: Awaited<ReturnType<typeof runText>>): Readonly<Record<string, string>> {
  return Object.fromEntries([...ran.live.steps.values()].map(({ path, tail }) => [path, tail[0] ?? '']))
}

/** The most steps that were under way at once. */
function mostAtOnce(order: readonly string[]): number {
  let now = 0
  return Math.max(...order.map((one) => (now += one.startsWith('+') ? 1 : -1)))
}

describe('RT-05 loops', () => {
  it('run a matrix without what is excluded, no more at once than allowed', async () => {
    const matrix = { os: ['a', 'b'], cpu: [1, 2, 3], exclude: [{ os: 'b', cpu: 2 }], maxConcurrency: 2 }
    const ran = await run([step('x', { FAKE_SLEEP: '1000', ...show('<+matrix.os><+matrix.cpu>') }, { strategy: { matrix } })])
    expect(tails(ran)).toEqual({ 's/x_0': 'a1', 's/x_1': 'a2', 's/x_2': 'a3', 's/x_3': 'b1', 's/x_4': 'b3' })
    expect([mostAtOnce(ran.order), ran.elapsed]).toEqual([2, 3000])
  })

  it('exclude every combination that a part of it names', async () => {
    const matrix = { os: ['a', 'b'], cpu: ['1', '2', '3'], exclude: [{ cpu: '2' }, { os: 'b' }] }
    expect(Object.values(tails(await run([step('x', show('<+matrix.os><+matrix.cpu>'), { strategy: { matrix } })])))).toEqual(['a1', 'a3'])
  })

  it.each([
    ['repeat', { repeat: { times: 5, maxConcurrency: 3 } }],
    ['parallelism', { parallelism: 5, maxConcurrency: 3 }],
    ['matrix', { matrix: { n: [1, 2, 3, 4, 5], maxConcurrency: 3 } }],
  ])('of every kind honour maxConcurrency: %s', async (_kind, strategy) => {
    const { order, elapsed } = await run([step('x', { FAKE_SLEEP: '1000' }, { strategy })])
    expect([mostAtOnce(order), elapsed, order.length]).toEqual([3, 2000, 10])
  })

  it.each([
    ['part by number', { items: ['a', 'b', 'c', 'd'], start: 1, end: 3 }, ['b', 'c']],
    ['part by hundredths', { items: ['a', 'b', 'c', 'd'], start: 50, end: 100, unit: 'Percentage' }, ['c', 'd']],
    ['in portions', { items: ['a', 'b', 'c'], partitionSize: 2 }, ['["a","b"]', '["c"]']],
  ])('take items: %s', async (_name, repeat, expected) => {
    expect(Object.values(tails(await run([step('x', show('<+repeat.item>'), { strategy: { repeat } })])))).toEqual(expected)
  })

  it.each([
    ['SkipQueued', ['failed', 'passed', 'skipped', 'skipped']],
    ['RunAll', ['failed', 'passed', 'passed', 'passed']],
  ])('after a failure: %s', async (policy, expected) => {
    const fails = { FAKE_SLEEP: '1000', FAKE_EXIT: '<+strategy.iteration == 0 ? 1 : 0>' }
    for (const strategy of [
      { repeat: { times: 4, maxConcurrency: 2, onFailure: policy } },
      { matrix: { n: [1, 2, 3, 4], maxConcurrency: 2, onFailure: policy } },
    ]) {
      const { statuses, outcome } = await run([step('x', { ...fails, FAKE_SLEEP: '<+strategy.iteration == 0 ? 1000 : 2000>' }, { strategy }), step('after')])
      expect(Object.values(statuses)).toEqual([...expected, 'skipped'])
      expect(outcome.kind).toBe('failed')
    }
  })

  it('skip the queue of a loop of stages, with every step of its stages', async () => {
    const strategy = { repeat: { times: 3, maxConcurrency: 1, onFailure: 'SkipQueued' } }
    const fails = step('x', { FAKE_EXIT: '<+strategy.iteration == 1 ? 1 : 0>' })
    const { statuses, view, live } = await runText(pipeline([stage('s', [fails, step('y')], { strategy })]))
    expect(statuses).toEqual({ 's_0/x': 'passed', 's_0/y': 'passed', 's_1/x': 'failed', 's_1/y': 'skipped', 's_2/x': 'skipped', 's_2/y': 'skipped' })
    expect(view.step('s_2/x')?.outcome).toEqual({ kind: 'skipped', because: 'an earlier turn of its loop failed' })
    expect([...live.stages.values()].map(({ status }) => status)).toEqual(['passed', 'failed', 'skipped'])
  })

  it('do not skip the queue for a failure that is ignored', async () => {
    const more = { strategy: { repeat: { times: 2, maxConcurrency: 1, onFailure: 'SkipQueued' } }, failureStrategies: [onFailure(['AllErrors'], 'Ignore')] }
    expect((await run([step('x', { FAKE_EXIT: '1' }, more)])).statuses).toEqual({ 's/x_0': 'failed', 's/x_1': 'failed' })
  })

  it('are called by nodeName, in each turn', async () => {
    const matrix = { os: ['a', 'b'], nodeName: 'on <+matrix.os>' }
    const { live } = await run([
      step('x', {}, { strategy: { matrix } }),
      step('y', {}, { strategy: { repeat: { items: ['k'], nodeName: '<+repeat.item>!' } } }),
      step('z', {}, { strategy: { matrix: { os: ['a'], cpu: ['b'] } } }),
    ])
    expect([...live.steps.values()].map(({ name }) => name)).toEqual(['x (on a)', 'x (on b)', 'y (k!)', 'z (a, b)'])
  })

  it('ask the `when` of what is looped in each turn', async () => {
    const more = { strategy: { repeat: { items: ['a', 'b', 'c'] } }, when: { stageStatus: 'Success', condition: '<+repeat.item> != "b"' } }
    expect((await run([step('x', {}, more)])).statuses).toEqual({ 's/x_0': 'passed', 's/x_1': 'skipped', 's/x_2': 'passed' })
  })

  it('with no turn at all are over at once', async () => {
    const { outcome, statuses } = await run([step('x', {}, { strategy: { repeat: { times: 0 } } }), step('y')])
    expect([outcome.kind, statuses]).toEqual(['passed', { 's/y': 'passed' }])
  })
})

describe('RT-06 turns', () => {
  it('are numbered from 0 in their identifiers and in expressions', async () => {
    const text = '<+strategy.iteration>/<+strategy.iterations><+strategy.identifierPostFix> <+step.identifier>'
    expect(tails(await run([step('x', show(text), { strategy: { parallelism: 2 } })]))).toEqual({ 's/x_0': '0/2_0 x', 's/x_1': '1/2_1 x' })
  })

  it('are nested: stage, group and step, each with its own loop', async () => {
    const inner = step('x', show('<+stage.matrix.os> <+stepGroup.repeat.item> <+repeat.item> <+matrix.os>'), { strategy: { repeat: { items: ['1', '2'] } } })
    const looped = group('g', [inner, step('y', show('<+repeat.item>'))], { strategy: { repeat: { items: ['k', 'l'] } } })
    const ran = await runText(pipeline([stage('s', [looped], { strategy: { matrix: { os: ['a', 'b'] } } })]))
    expect(ran.outcome.kind).toBe('passed')
    const expected = ['a', 'b'].flatMap((os, s) =>
      ['k', 'l'].flatMap((item, g) => [
        [`s_${s}/g_${g}/x_0`, `${os} ${item} 1 ${os}`],
        [`s_${s}/g_${g}/x_1`, `${os} ${item} 2 ${os}`],
        [`s_${s}/g_${g}/y`, item],
      ]),
    )
    expect(tails(ran)).toEqual(Object.fromEntries(expected))
  })

  it('give outputs by their numbers, in the stage, from its groups, and to later stages', async () => {
    const looped = step('x', { FAKE_OUT_V: 'v<+strategy.iteration>' }, { strategy: { repeat: { times: 2 } } })
    const grouped = group('g', [step('y', { FAKE_OUT_V: 'w<+strategy.iteration>' })], { strategy: { repeat: { times: 2 } } })
    const at = (path: string) => `<+${path}.output.outputVariables.V>`
    const here = step('z', show(`${at('steps.x_1')} ${at('execution.steps.x_0')} ${at('execution.steps.g_1.steps.y')} <+steps.x_1.status>`))
    const there = step('z', show(`${at('pipeline.stages.s.spec.execution.steps.x_1')} ${at('pipeline.stages.s.spec.execution.steps.g_0.steps.y')}`))
    const ran = await runText(pipeline([stage('s', [looped, grouped, here]), stage('t', [there])]))
    expect([ran.view.step('s/z')?.tail[0], ran.view.step('t/z')?.tail[0]]).toEqual(['v1 v0 w1 SUCCEEDED', 'v1 w0'])
  })
})

describe('loops that are decided at run time', () => {
  it('unroll when they are reached: steps, groups and stages', async () => {
    const items = '<+pipeline.stages.a.spec.execution.steps.list.output.outputVariables.V>'
    const text = pipeline([
      stage('a', [step('list', { FAKE_OUT_V: 'x, y' })]),
      stage(
        's',
        [
          step('one', show('<+repeat.item>'), { strategy: { repeat: { items } } }),
          group('g', [step('two', show('<+matrix.v>-<+stage.repeat.item>'))], { strategy: { matrix: { v: items } } }),
        ],
        { strategy: { repeat: { items, maxConcurrency: 1 } } },
      ),
    ])
    const ran = await runText(text)
    expect(ran.outcome.kind).toBe('passed')
    const { 'a/list': _, ...rest } = tails(ran)
    const expected = ['x', 'y'].flatMap((outer, s) =>
      ['x', 'y'].flatMap((inner, i) => [
        [`s_${s}/one_${i}`, inner],
        [`s_${s}/g_${i}/two`, `${inner}-${outer}`],
      ]),
    )
    expect(rest).toEqual(Object.fromEntries(expected))
    expect(ran.replayed).toEqual(ran.live)
  })

  it('say where and why when what they wait for never comes', async () => {
    const { outcome, statuses } = await run([
      step('list', { FAKE_OUT_V: 'x', FAKE_EXIT: '0' }, { when: { stageStatus: 'Failure' } }),
      step('one', {}, { strategy: { repeat: { items: '<+steps.list.output.outputVariables.V>' } } }),
      step('after'),
    ])
    expect(outcome).toMatchObject({ kind: 'errored' })
    expect(JSON.stringify(outcome)).toContain('"line"')
    expect(statuses['s/after']).toBe('skipped')
  })

  it('are tried again with their group, and skipped with it', async () => {
    const rule = onFailure(['AllErrors'], 'RetryStepGroup', { retryCount: 1 })
    const inner = step('x', { FAKE_EXIT: '1,0' }, { strategy: { repeat: { items: '<+execution.steps.g.steps.list.output.outputVariables.V>' } } })
    const ran = await run([
      group('g', [step('list', { FAKE_OUT_V: 'a,b' }), inner], { failureStrategies: [rule] }),
      parallel(group('h', [inner], { when: { stageStatus: 'Failure' } }), step('y')),
    ])
    expect(ran.order.filter((one) => one === '+s/g/x_1')).toHaveLength(2)
    expect([ran.outcome.kind, ran.statuses['s/y']]).toEqual(['passed', 'passed'])
  })
})

/** Expressions that are resolved just before a step: what is known by then, and what people are told of what is not. */
import { describe, expect, it } from 'vitest'
import { group, type Node, onFailure, parallel, pipeline, stage, step } from '../../test/support/flow-text.ts'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

const run = (steps: readonly Node[], o?: RunOptions) => runText(pipeline([stage('s', steps)]), o)
const out = (path: string) => `<+${path}.output.outputVariables.V>`
const show = (text: string) => ({ FAKE_OUTPUT: text })
const gives = (value: string) => ({ FAKE_OUT_V: value })

describe('just before a step, expressions know', () => {
  it.each([
    ['a step of the list', out('steps.a'), 'one'],
    ['a step of the stage', out('execution.steps.a'), 'one'],
    ['a step of the stage by its whole path', out('pipeline.stages.s.spec.execution.steps.a'), 'one'],
    ['a step of the stage by the stage', out('stage.spec.execution.steps.a'), 'one'],
    ['a step of a group', out('execution.steps.g.steps.b'), 'two'],
    ['a step of a group in a group', out('execution.steps.g.steps.h.steps.c'), 'three'],
    ['how a step ended', '<+steps.a.status> <+steps.a.exitCode> <+steps.a.retryCount>', 'SUCCEEDED 0 0'],
    ['how a group ended', '<+execution.steps.g.status>', 'SUCCEEDED'],
    ['how a skipped step ended', '<+steps.never.status>', 'SKIPPED'],
    ['how a step of a skipped group ended', '<+execution.steps.no.steps.inner.status>', 'SKIPPED'],
    ['how often a step was tried again', '<+steps.flaky.retryCount>', '2'],
    ['how an ignored failure ended', '<+steps.ignored.status> <+steps.ignored.exitCode>', 'IGNORE_FAILED 4'],
    ['the first turn of a loop', out('steps.looped_0'), 'turn 0'],
    ['a text in an expression', `<+${out('steps.a')} == "one" ? "yes" : "no">`, 'yes'],
  ])('%s', async (_what, text, expected) => {
    const { outcome, view } = await run([
      step('a', gives('one')),
      group('g', [step('b', gives('two')), group('h', [step('c', gives('three'))])]),
      step('never', {}, { when: { stageStatus: 'Failure' } }),
      group('no', [step('inner')], { when: { stageStatus: 'Failure' } }),
      step('flaky', { FAKE_EXIT: '1,1,0' }, { failureStrategies: [onFailure(['AllErrors'], 'Retry', { retryCount: 3 })] }),
      step('ignored', { FAKE_EXIT: '4' }, { failureStrategies: [onFailure(['AllErrors'], 'Ignore')] }),
      step('looped', gives('turn <+strategy.iteration>'), { strategy: { repeat: { times: 2 } } }),
      step('asks', show(text)),
    ])
    expect([outcome.kind, view.step('s/asks')?.tail[0]]).toEqual(['passed', expected])
  })

  it('LB-28 and EX-06: the output of a turn of a loop in the same stage, in a step, its condition and another loop', async () => {
    const { statuses, view } = await run([
      step('build', gives('v<+strategy.iteration>'), { strategy: { parallelism: 2 } }),
      parallel(
        step('use', show(out('steps.build_1'))),
        step('asked', {}, { when: { stageStatus: 'Success', condition: `${out('steps.build_0')} == "v0"` } }),
        step('not', {}, { when: { stageStatus: 'Success', condition: `${out('steps.build_0')} == "v1"` } }),
        step('again', show('<+repeat.item>'), { strategy: { repeat: { items: [out('steps.build_0'), out('steps.build_1')] } } }),
      ),
    ])
    expect(view.step('s/use')?.tail[0]).toBe('v1')
    expect([statuses['s/asked'], statuses['s/not'], view.step('s/again_1')?.tail[0]]).toEqual(['passed', 'skipped', 'v1'])
  })

  it('outputs of other stages, whether these ran beside others or in a loop', async () => {
    const text = pipeline([
      parallel(stage('a', [step('x', gives('from a'))]), stage('b', [step('x', gives('from b<+strategy.iteration>'))], { strategy: { repeat: { times: 2 } } })),
      stage('t', [step('z', show(`${out('pipeline.stages.a.spec.execution.steps.x')}, ${out('pipeline.stages.b_1.spec.execution.steps.x')}`))]),
    ])
    expect((await runText(text)).view.step('t/z')?.tail[0]).toBe('from a, from b1')
  })

  it('EX-05: a long output whole, and never a part of it', async () => {
    const long = 'x'.repeat(200_000)
    const fine = await run([step('a', gives(long)), step('b', gives(out('steps.a')))])
    expect(fine.view.step('s/b')?.outputs[0]?.value.length).toBe(200_000)
    const { outcome } = await run([step('a', gives(long)), step('b', gives(`${out('steps.a')}${out('steps.a')}`))])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'EXPR_TOO_LARGE', at: { line: expect.any(Number) } } })
  })
})

describe('an expression that comes to nothing', () => {
  it('fails its step when it cannot be worked out, and names its place', async () => {
    const { outcome, statuses, view } = await run([step('a', gives('abc')), step('asks', show('<+steps.a.output.outputVariables.V.nope()>')), step('after')])
    expect(statuses).toEqual({ 's/a': 'passed', 's/asks': 'errored', 's/after': 'skipped' })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { at: { file: 'p.yaml', line: expect.any(Number), col: expect.any(Number) } } })
    expect(view.step('s/asks')?.outcome).toEqual(outcome)
  })

  it('waits in vain for a step that runs beside it: its step fails and says for what', async () => {
    const { outcome } = await run([parallel(step('slow', { ...gives('x'), FAKE_SLEEP: '1m' }), step('asks', show(out('steps.slow'))))])
    expect(outcome).toMatchObject({
      kind: 'errored',
      problem: { code: 'VALUE_NOT_KNOWN', at: { file: 'p.yaml' }, message: expect.stringContaining('the step slow') },
    })
  })

  it('is caught by a failure strategy as a mistake of configuration', async () => {
    const caught = { failureStrategies: [onFailure(['ConfigurationFailure'], 'Ignore')] }
    const { statuses } = await run([step('a', gives('abc')), step('asks', show('<+steps.a.output.outputVariables.V.nope()>'), caught), step('after')])
    expect(statuses).toEqual({ 's/a': 'passed', 's/asks': 'errored', 's/after': 'passed' })
  })

  it('is null when it is an output of a step that was skipped', async () => {
    const { statuses, view } = await run([
      step('skipped', gives('x'), { when: { stageStatus: 'Failure' } }),
      step('text', show(out('steps.skipped'))),
      step('asks', {}, { when: { stageStatus: 'Success', condition: `${out('steps.skipped')} == "x"` } }),
    ])
    expect([view.step('s/text')?.tail[0], statuses['s/asks']]).toEqual(['null', 'skipped'])
  })

  it('and is null is told, once for each expression, at its place, unless a default or a condition allows for it', async () => {
    const { recorded } = await run([
      step('gone', gives('x'), { when: { stageStatus: 'Failure' } }),
      step('one', show(`a ${out('steps.gone')} b ${out('steps.gone')}`)),
      step('allowed', show(`<+steps.gone.output.outputVariables.V ?: "none">`)),
      step('asks', {}, { when: { stageStatus: 'Success', condition: `${out('steps.gone')} == null` } }),
      step('fine', show('<+steps.gone.status>')),
    ])
    const told = recorded.flatMap(({ event }) => (event.kind === 'step.note' && event.note.code === 'EXPR_ABSENT' ? [event] : []))
    expect(told.map(({ step, note }) => [step, note.severity, note.message])).toEqual(
      Array(2).fill(['s/one', 'info', '"steps.gone.output.outputVariables.V" is null here: the step gone ended as SKIPPED without it']),
    )
    const [first, second] = told.map(({ note }) => note.at)
    expect([first?.line, (second?.col ?? 0) - (first?.col ?? 0)]).toEqual([second?.line, `${out('steps.gone')} b `.length])
  })

  it('P-06: is null, with a warning, where it is the answer to an input, whatever the default of the input says', async () => {
    const text = pipeline(
      [
        stage('s', [
          step('gone', gives('x'), { when: { stageStatus: 'Failure' } }),
          step('use', { ...show('<+pipeline.variables.TAG>'), OWN: '<+input>.default(own)' }),
        ]),
      ],
      {
        variables: [{ name: 'TAG', type: 'String', value: '<+input>.default(latest)' }],
      },
    )
    const answer = out('pipeline.stages.s.spec.execution.steps.gone')
    const { view, recorded } = await runText(text, { inputs: { TAG: answer, OWN: answer } })
    expect(view.step('s/use')?.tail[0]).toBe('null')
    const told = recorded.flatMap(({ event }) => (event.kind === 'step.note' ? [[event.note.code, event.note.severity, event.note.message]] : []))
    const warned = (path: string) => ['EXPR_NULL_ANSWER', 'warning', `The answer to the input ${path} is an expression that gives nothing (null)`]
    const variables = 'pipeline.stages.s.spec.execution.steps.use.spec.envVariables.OWN'
    expect(told).toEqual([warned('pipeline.variables.TAG'), warned(variables)])
  })
})

describe('while it runs, currentStatus tells', () => {
  const turn = { strategy: { repeat: { times: 3, maxConcurrency: 1 } } }
  it.each([
    ['the loop of a step', '<+strategy.currentStatus>', ['RUNNING', 'FAILED', 'FAILED']],
    ['the loop of a step by its name', '<+strategy.node.turn.currentStatus>', ['RUNNING', 'FAILED', 'FAILED']],
    ['its stage', '<+stage.currentStatus>', ['RUNNING', 'FAILED', 'FAILED']],
  ])('of %s', async (_what, expression, expected) => {
    const fails = { FAKE_EXIT: '<+<+strategy.iteration> == 0 ? "1" : "0">' }
    const { view } = await run([step('before'), step('turn', { ...fails, ...show(expression) }, turn)])
    expect([0, 1, 2].map((i) => view.step(`s/turn_${i}`)?.tail[0])).toEqual(expected)
  })

  it('of a stage and its loop after a failure that was not caught', async () => {
    const asks = (id: string, text: string) => step(id, show(text), { when: { stageStatus: 'All' } })
    const { view } = await run([step('bad', { FAKE_EXIT: '1' }), asks('a', '<+stage.currentStatus>')])
    expect(view.step('s/a')?.tail[0]).toBe('FAILED')
    const looped = pipeline([
      stage('s', [asks('a', '<+strategy.currentStatus> <+strategy.node.s.currentStatus>')], { strategy: { repeat: { times: 2, maxConcurrency: 1 } } }),
    ])
    const { view: turns } = await runText(looped)
    expect([0, 1].map((i) => turns.step(`s_${i}/a`)?.tail[0])).toEqual(['RUNNING RUNNING', 'RUNNING RUNNING'])
  })
})

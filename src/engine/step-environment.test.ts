import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

const head = `pipeline:
  identifier: p
  name: My pipeline
  orgIdentifier: team
  projectIdentifier: app
  variables:
    - {name: COLOUR, type: String, value: red}
    - {name: SHAPE, type: String, value: round}
    - {name: not.a-name, type: String, value: hidden}
  stages:
    - stage:
        identifier: s
        name: The stage
        type: CI
        variables:
          - {name: COLOUR, type: String, value: green}
          - {name: TASTE, type: String, value: <+pipeline.variables.SHAPE>-sweet}
          - {name: TOKEN, type: Secret, value: pw}
        spec:
          platform: {os: Linux, arch: Arm64}
          execution:
            steps:
`

function run(steps: string, o?: RunOptions) {
  return runText(head + steps.trim().replace(/^/gm, '              '), o)
}

function print(id: string, names: string, env: Record<string, string> = {}, more = ''): string {
  return `- step: {identifier: ${id}, name: Step ${id}, type: Run${more}, spec: {command: x, envVariables: ${JSON.stringify({ FAKE_PRINT: names, ...env })}}}`
}

const lines = (done: Awaited<ReturnType<typeof run>>, path: string) => done.view.step(path)?.tail.filter((line) => line !== '')

describe('the environment of a step', () => {
  it('has the variables of pipeline, stage and groups, the nearest first, and its own on top', async () => {
    const done = await run(
      `
- stepGroup:
    identifier: g
    name: g
    variables: [{name: TASTE, type: String, value: sour}]
    steps:
      ${print('a', 'COLOUR,SHAPE,TASTE')}
      ${print('b', 'COLOUR,SHAPE,TASTE', { TASTE: 'salty' })}
${print('c', 'COLOUR,TASTE,not.a-name')}`,
      { secrets: { pw: 'open-sesame' } },
    )
    expect(lines(done, 's/g/a')).toEqual(['COLOUR=green', 'SHAPE=round', 'TASTE=sour'])
    expect(lines(done, 's/g/b')).toEqual(['COLOUR=green', 'SHAPE=round', 'TASTE=salty'])
    expect(lines(done, 's/c')).toEqual(['COLOUR=green', 'TASTE=round-sweet', 'not.a-name='])
  })

  it('has Secret variables, masked in all that is recorded', async () => {
    const done = await run(print('a', 'TOKEN'), { secrets: { pw: 'open-sesame' } })
    expect(lines(done, 's/a')).toEqual(['TOKEN=********'])
    expect(JSON.stringify(done.recorded)).not.toContain('open-sesame')
  })

  it('says who and where the step is, by the names of the original', async () => {
    const names =
      'CI,DRONE,HARNESS_BUILD_ID,DRONE_BUILD_NUMBER,HARNESS_EXECUTION_ID,HARNESS_ORG_ID,HARNESS_PROJECT_ID,HARNESS_PIPELINE_ID,HARNESS_STAGE_ID,DRONE_STAGE_NAME,DRONE_STEP_NAME,DRONE_BUILD_STARTED,DRONE_STAGE_ARCH,HARNESS_NODE_INDEX,DRONE_TAG'
    expect(lines(await run(print('a', names), { secrets: { pw: 'open-sesame' } }), 's/a')).toEqual([
      'CI=true',
      'DRONE=true',
      'HARNESS_BUILD_ID=1',
      'DRONE_BUILD_NUMBER=1',
      'HARNESS_EXECUTION_ID=x1',
      'HARNESS_ORG_ID=team',
      'HARNESS_PROJECT_ID=app',
      'HARNESS_PIPELINE_ID=p',
      'HARNESS_STAGE_ID=s',
      'DRONE_STAGE_NAME=The stage',
      'DRONE_STEP_NAME=Step a',
      'DRONE_BUILD_STARTED=0',
      'DRONE_STAGE_ARCH=Arm64',
      'HARNESS_NODE_INDEX=',
      'DRONE_TAG=',
    ])
  })

  it('counts the turns of loops', async () => {
    const done = await run(print('a', 'HARNESS_NODE_INDEX,HARNESS_NODE_TOTAL,HARNESS_STEP_INDEX', {}, ', strategy: {parallelism: 2}'), {
      secrets: { pw: 'open-sesame' },
    })
    expect(lines(done, 's/a_1')).toEqual(['HARNESS_NODE_INDEX=1', 'HARNESS_NODE_TOTAL=2', 'HARNESS_STEP_INDEX=1'])
  })

  it('tells a run no secret that it cannot find', async () => {
    expect((await run(print('a', 'COLOUR'))).outcome).toMatchObject({ kind: 'errored', problem: { code: 'SECRET_NOT_FOUND' } })
  })
})

describe('outputs of steps', () => {
  const give = (id: string, outputs: string, env: Record<string, string>, more = '') =>
    `- step: {identifier: ${id}, name: ${id}, type: Run${more}, spec: {command: x, outputVariables: ${outputs}, envVariables: ${JSON.stringify(env)}}}`
  const secrets = { pw: 'open-sesame' }

  it('are variables of later steps in the stage: before those of the stage, after their own; the last one wins', async () => {
    const done = await run(
      [
        give('a', '[{name: COLOUR}, {name: X}]', { FAKE_OUT_COLOUR: 'blue', FAKE_OUT_X: '1' }),
        give('b', '[{name: X}]', { FAKE_OUT_X: '2', FAKE_EXIT: '1' }),
        print('c', 'COLOUR,X', {}, ', when: {stageStatus: All}'),
        print('d', 'COLOUR,X', { X: 'own' }, ', when: {stageStatus: All}'),
      ].join('\n'),
      { secrets },
    )
    expect(lines(done, 's/c')).toEqual(['COLOUR=blue', 'X=2'])
    expect(lines(done, 's/d')).toEqual(['COLOUR=blue', 'X=own'])
  })

  it('that are Secret are masked in expressions, environments and views of every later step', async () => {
    const done = await run(
      [
        give('a', '[{name: KEY, type: Secret}]', { FAKE_OUT_KEY: 'very-hidden-word' }),
        print('b', 'KEY,ASKED,WRITTEN', { ASKED: '<+steps.a.output.outputVariables.KEY>', WRITTEN: 'x <+steps.a.output.outputVariables.KEY> y' }),
      ].join('\n'),
      { secrets },
    )
    expect(lines(done, 's/b')).toEqual(['KEY=********', 'ASKED=********', 'WRITTEN=x ******** y'])
    expect(done.view.step('s/a')?.outputs).toEqual([{ name: 'KEY', value: '********', secret: true }])
    expect(JSON.stringify(done.recorded)).not.toContain('very-hidden-word')
  })

  it('that are Secret and too short to be masked are told', async () => {
    const done = await run(give('a', '[{name: PIN, type: Secret}]', { FAKE_OUT_PIN: '123' }), { secrets })
    expect(done.view.step('s/a')?.notes.map((note) => note.code)).toEqual(['STEP_OUTPUT_NOT_MASKED'])
  })

  it('that are Numbers are reckoned with; what is none is told', async () => {
    const done = await run(
      [
        give('a', '[{name: N, type: Number}, {name: M, type: Number}]', { FAKE_OUT_N: '7', FAKE_OUT_M: 'many' }),
        print('b', 'SUM', { SUM: '<+<+steps.a.output.outputVariables.N> + 1>' }),
      ].join('\n'),
      { secrets },
    )
    expect(lines(done, 's/b')).toEqual(['SUM=8'])
    expect(done.view.step('s/a')?.notes.map((note) => note.code)).toEqual(['STEP_OUTPUT_NOT_NUMBER'])
  })

  it('may be written to the file of outputs, when they are declared', async () => {
    const done = await run(
      [
        give('a', '[{name: SEEN, value: FOUND}]', { FAKE_OUT_SEEN: 'by the file', FAKE_UNSET: 'FOUND' }),
        print('b', 'ASKED', { ASKED: '<+steps.a.output.outputVariables.SEEN>' }),
      ].join('\n'),
      { secrets },
    )
    expect(lines(done, 's/b')).toEqual(['ASKED=by the file'])
  })

  const alias = (scope: string) => `outputVariables: [{name: X}], outputAlias: {key: K, scope: ${scope}}`
  const ask = (text: string) => ({ A: `<+exportedVariables.getValue("${text}")>` })

  it('are found by their alias in its scope', async () => {
    const done = await run(
      `
- stepGroup:
    identifier: g
    name: g
    steps:
      - step: {identifier: a, name: a, type: Run, spec: {command: x, ${alias('Stage')}, envVariables: {FAKE_OUT_X: of the stage}}}
      - step: {identifier: b, name: b, type: Run, spec: {command: x, ${alias('StepGroup')}, envVariables: {FAKE_OUT_X: of the group}}}
      - step: {identifier: p, name: p, type: Run, spec: {command: x, ${alias('Pipeline')}, envVariables: {FAKE_OUT_X: of the pipeline}}}
      ${print('c', 'A', ask('stepGroup.K.X'))}
${print('d', 'A', ask('stage.K.X'))}
${print('e', 'A', ask('pipeline.K.X'))}`,
      { secrets },
    )
    expect([lines(done, 's/g/c'), lines(done, 's/d'), lines(done, 's/e')]).toEqual([['A=of the group'], ['A=of the stage'], ['A=of the pipeline']])
  })

  it('are not found by an alias outside of its scope', async () => {
    const inside = `- stepGroup: {identifier: g, name: g, steps: [{step: {identifier: b, name: b, type: Run, spec: {command: x, ${alias('StepGroup')}}}}]}`
    await expect(run(`${inside}\n${print('e', 'A', ask('stepGroup.K.X'))}`)).rejects.toThrow('no step of the stepGroup has the outputAlias K')
  })
})

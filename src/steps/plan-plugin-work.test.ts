import { describe, expect, it } from 'vitest'
import { runText } from '../../test/support/run-text.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { noFacts } from '../plan/facts.ts'
import { planner } from '../plan/planner.ts'
import { sourceFile } from '../text/source-file.ts'
import { settingText } from './plan-plugin-work.ts'

const head = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          platform: {os: Linux}
          execution:
            steps:
`

const run = (steps: string, secrets: Record<string, string> = {}) => runText(head + steps.trim().replace(/^/gm, '              '), { secrets })

describe('settings of a plugin', () => {
  it.each([
    ['text', 'text'],
    [true, 'true'],
    [3, '3'],
    [null, ''],
    [['a', 2, false], 'a,2,false'],
    [[], ''],
    [{ a: 1, b: 'x"y' }, '{"a":1,"b":"x\\"y"}'],
    [[{ a: [1] }, 'b'], '[{"a":[1]},"b"]'],
  ])('%j becomes %s', (value, text) => {
    expect(settingText(value)).toBe(text)
  })

  it('keep secrets by name, whatever is around them', () => {
    const secret = { kind: 'secret-text', pieces: [{ secret: 'pw' }] } as const
    expect(settingText([secret, 'b'])).toEqual({ kind: 'secret-text', pieces: [{ secret: 'pw' }, ',b'] })
    expect(settingText({ key: [secret] })).toEqual({ kind: 'secret-text', pieces: ['{"key":["', { secret: 'pw' }, '"]}'] })
  })
})

describe('a Plugin step', () => {
  const seen = 'PLUGIN_URL,PLUGIN_COUNT,PLUGIN_LIST,PLUGIN_DEEP,PLUGIN_MY_KEY,PLUGIN_TOKEN'

  it('gives its image the settings as variables, and hands on what the image writes as outputs', async () => {
    const done = await run(
      `
- step:
    identifier: notify
    name: notify
    type: Plugin
    spec:
      image: plugins/webhook
      settings:
        url: https://example.test/<+pipeline.sequenceId>
        count: 1.10
        list: [a, 2]
        deep: {n: 1, list: [x]}
        my-key: yes
        token: <+secrets.getValue("pw")>
        fake: given
      envVariables: {FAKE_PRINT: "${seen}", FAKE_OUT_ANSWER: "42"}
- step: {identifier: after, name: after, type: Run, spec: {command: x, envVariables: {FAKE_PRINT: "ASKED,ANSWER", ASKED: <+steps.notify.output.outputVariables.ANSWER>}}}`,
      { pw: 'open-sesame' },
    )
    expect(done.outcome).toEqual({ kind: 'passed' })
    expect(done.view.step('s/notify')?.does).toBe('runs the plugin plugins/webhook')
    expect(done.view.step('s/notify')?.tail.slice(0, -1)).toEqual([
      'PLUGIN_URL=https://example.test/1',
      'PLUGIN_COUNT=1.10',
      'PLUGIN_LIST=a,2',
      'PLUGIN_DEEP={"n":1,"list":["x"]}',
      'PLUGIN_MY_KEY=yes',
      'PLUGIN_TOKEN=********',
    ])
    expect(done.view.step('s/after')?.tail).toEqual(['ASKED=42', 'ANSWER=42', ''])
  })

  it('with `uses` is refused with the way out', () => {
    const done = planned('- step: {identifier: a, name: a, type: Plugin, spec: {uses: github.com/some/plugin}}')
    expect(done).toMatchObject({ kind: 'unsupported', because: expect.stringContaining('name the image') })
  })

  it('runs its entrypoint instead of the one of the image, when it has one', () => {
    const done = planned('- step: {identifier: a, name: a, type: Plugin, spec: {image: i, entrypoint: [sh, -c, "x <+pipeline.name>"]}}')
    expect(done).toMatchObject({ kind: 'run', start: { kind: 'program', argv: { kind: 'known', value: ['sh', '-c', 'x p'] } } })
  })
})

function planned(step: string) {
  const read = readPipeline(sourceFile('p.yaml', head + step.replace(/^/gm, '              ')), { inputs: {} })
  const plan = read.ok ? planner(read.value, { file: 'p.yaml', facts: noFacts }).plan() : read
  if (!plan.ok) throw new Error(JSON.stringify(plan.diagnostics))
  const [stage] = 'stages' in plan.value ? plan.value.stages : []
  const [node] = stage?.kind === 'stage' ? stage.steps : []
  return node?.kind === 'step' ? node.work : undefined
}

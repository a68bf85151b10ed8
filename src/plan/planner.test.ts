import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../base/json.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { sourceFile } from '../text/source-file.ts'
import { noFacts, type RunFacts } from './facts.ts'
import type { Knowledge } from './knowledge.ts'
import { planner } from './planner.ts'

const text = `
pipeline:
  identifier: demo
  name: demo
  variables:
    - {name: who, type: String, value: world}
    - {name: greeting, type: String, value: "hello <+pipeline.variables.who>"}
    - {name: token, type: Secret, value: <+secrets.getValue("account.token")>}
    - {name: named, type: Secret, value: account.named}
  stages:
    - stage:
        identifier: one
        name: one
        type: CI
        spec:
          cloneCodebase: false
          platform: {os: Linux, arch: Arm64}
          runtime: {type: Cloud, spec: {}}
          execution:
            steps:
              - step:
                  identifier: first
                  name: first
                  type: Run
                  spec:
                    command: echo <+pipeline.variables.greeting> <+pipeline.sequenceId>
                    envVariables: {TOKEN: "bearer <+pipeline.variables.token>", NAMED: <+pipeline.variables.named>}
                    outputVariables: [{name: colour}]
              - step:
                  identifier: second
                  name: second
                  type: Run
                  timeout: 1m 30s
                  when: {stageStatus: All, condition: <+steps.first.output.outputVariables.colour> == "blue"}
                  spec: {command: "echo <+execution.steps.first.output.outputVariables.colour>"}
`

function plannerOf(source: string, facts: RunFacts = noFacts) {
  const read = readPipeline(sourceFile('demo.yaml', source), { inputs: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  return planner(read.value, { file: 'demo.yaml', facts })
}

function stepsOf(source: string, facts?: RunFacts) {
  const planned = plannerOf(source, facts).plan()
  if (!planned.ok) throw new Error(JSON.stringify(planned.diagnostics))
  const stage = planned.value.stages[0]
  return stage?.kind === 'stage' ? stage.steps : []
}

describe('planner', () => {
  it('resolves what is known, and says what the rest waits for', () => {
    expect(stepsOf(text)).toMatchObject([
      {
        path: 'one/first',
        work: {
          start: { script: { kind: 'deferred', source: 'echo <+pipeline.variables.greeting> <+pipeline.sequenceId>', until: 'the start of the run' } },
          env: {
            TOKEN: { kind: 'known', value: { pieces: ['bearer ', { secret: 'account.token' }] } },
            NAMED: { kind: 'known', value: { pieces: [{ secret: 'account.named' }] } },
          },
        },
      },
      {
        path: 'one/second',
        timeoutMs: 90_000,
        when: { status: 'All', condition: { kind: 'deferred', until: 'the step first' } },
        work: { start: { script: { kind: 'deferred', until: 'the step first' } } },
      },
    ])
    expect(stepsOf(text, { ...noFacts, sequenceId: 7 })).toMatchObject([{ work: { start: { script: { kind: 'known', value: 'echo hello world 7' } } } }, {}])
  })

  it('is the same function when a step is about to run', () => {
    const knowledge: Knowledge = {
      of: (path) => (path === 'one/first' ? { status: 'SUCCEEDED', outputs: new Map([['colour', 'blue']]) } : undefined),
    }
    const plans = plannerOf(text)
    plans.plan()
    expect(plans.condition('one/second', knowledge)).toBe(true)
    expect(plans.step('one/second', knowledge).plan).toMatchObject({ work: { start: { script: { kind: 'known', value: 'echo blue' } } } })
  })

  it('says that the timeout of a group is not kept when it is known too late, and keeps one that is known', () => {
    const group = (timeout: string): string =>
      `${text}              - stepGroup: {identifier: g, name: g, timeout: "${timeout}", steps: [{step: {identifier: x, name: x, type: Run, spec: {command: a}}}]}\n`
    const late = plannerOf(group('<+steps.first.output.outputVariables.colour>')).plan()
    expect(late.diagnostics).toMatchObject([{ code: 'PLAN_TIMEOUT_LATE', severity: 'warning' }])
    expect(plannerOf(group('10m')).plan()).toMatchObject({ diagnostics: [], value: { stages: [{ steps: [{}, {}, { kind: 'group', timeoutMs: 600_000 }] }] } })
  })

  it('gives the same bytes for the same input, and never a secret', () => {
    const facts = { ...noFacts, sequenceId: 3 }
    const [a, b] = [plannerOf(text, facts).plan(), plannerOf(text, facts).plan()]
    expect(canonicalJson(a)).toBe(canonicalJson(b))
  })

  it('names an unknown path and the nearest one, at its place', () => {
    const { diagnostics } = plannerOf(text.replace('pipeline.variables.greeting', 'pipeline.variables.greting')).plan()
    expect(diagnostics).toMatchObject([{ code: 'EXPR_UNKNOWN_PATH', at: { line: 26 } }])
    expect(diagnostics[0]?.hint).toContain('greeting')
  })

  it('refuses what a later step gives, since it can never be known', () => {
    const swapped = text
      .replace('echo <+pipeline.variables.greeting>', 'echo <+steps.third.output.outputVariables.x>')
      .concat('              - step: {identifier: third, name: third, type: Run, spec: {command: a, outputVariables: [{name: x}]}}\n')
    expect(plannerOf(swapped).plan().diagnostics).toMatchObject([{ code: 'EXPR_UNKNOWN_PATH' }])
  })

  it('refuses two parallel steps that write one archive', () => {
    const build = (id: string): string =>
      `                - step: {identifier: ${id}, name: ${id}, type: BuildAndPushDockerRegistry, spec: {connectorRef: c, repo: a/${id}, tags: ["1"], envVariables: {PLUGIN_NO_PUSH: "true", PLUGIN_TAR_PATH: x.tar}}}\n`
    expect(plannerOf(`${text}              - parallel:\n${build('a')}${build('b')}`).plan().diagnostics).toMatchObject([
      { code: 'PLAN_SAME_ARCHIVE', at: { line: 38 } },
    ])
  })

  it('replaces the infrastructure of every stage when told to', () => {
    const planned = plannerOf(text, { ...noFacts, on: 'fake' }).plan()
    expect(planned.ok && planned.value.stages[0]).toMatchObject({ infrastructure: { on: 'fake', declared: 'Cloud', arch: 'Arm64' } })
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { showSpan } from '../base/span.ts'
import { sourceFile } from '../text/source-file.ts'
import { readPipeline } from './read-pipeline.ts'

const hello = readFileSync(new URL('../../examples/hello/pipeline.yaml', import.meta.url), 'utf8')

function findings(text: string, inputs: Record<string, string> = {}): readonly string[] {
  return readPipeline(sourceFile('p.yaml', text), { inputs }).diagnostics.map((d) => `${d.at === undefined ? '-' : showSpan(d.at)} ${d.code}`)
}

function pipeline(stage: string): string {
  return `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          runtime: {type: Cloud}\n${stage.replace(/^/gm, '          ')}\n`
}

describe('reading a pipeline', () => {
  it('reads the hello example without a finding', () => {
    expect(findings(hello)).toEqual([])
  })

  it('says at once all that is wrong, each at its place', () => {
    const text = hello.replace('identifier: launch', 'identifier: 9launch').replace('command: |', 'comand: |').replace('os: Linux', 'os: linux')
    expect(findings(text)).toEqual([
      'p.yaml:14:21 YAML_BAD_TEXT',
      'p.yaml:20:17 YAML_NOT_A_CHOICE',
      'p.yaml:32:21 YAML_MISSING_KEY',
      'p.yaml:33:21 YAML_UNKNOWN_KEY',
    ])
  })

  it('takes a list under execution as the steps, with a warning', () => {
    const read = findings(pipeline('execution:\n  - step: {identifier: a, name: a, type: Run, spec: {command: "true"}}'))
    expect(read).toEqual(['p.yaml:12:13 MODEL_STEPS_MISSING'])
  })

  it('names both places of a duplicate identifier', () => {
    const step = '- step: {identifier: a, name: a, type: Run, spec: {command: "true"}}'
    const { diagnostics } = readPipeline(sourceFile('p.yaml', pipeline(`execution:\n  steps:\n    ${step}\n    - parallel:\n      ${step}`)), { inputs: {} })
    expect(diagnostics).toMatchObject([{ code: 'MODEL_DUPLICATE_ID', at: { line: 15 }, related: [{ at: { line: 13 } }] }])
  })

  it('tells known step types that are not run from unknown ones', () => {
    const of = (type: string): readonly string[] => findings(pipeline(`execution:\n  steps:\n    - step: {identifier: a, name: a, type: ${type}, spec: {}}`))
    expect(of('Bitrise')[0]).toContain('MODEL_STEP_UNSUPPORTED')
    expect(of('Runn')[0]).toContain('MODEL_STEP_UNKNOWN')
  })

  it('counts what it does not show at the end', () => {
    const { diagnostics } = readPipeline(sourceFile('p.yaml', `pipeline:\n${'  a: 1\n'.repeat(300)}`), { inputs: {} })
    expect(diagnostics.findIndex((d) => d.code === 'YAML_MORE')).toBe(diagnostics.length - 1)
  })

  it('asks for inputs by path, takes defaults, and refuses what is not allowed', () => {
    const text = pipeline(
      'execution:\n  steps:\n    - step: {identifier: a, name: a, type: Run, timeout: "<+input>.default(10m)", spec: {command: <+input>, shell: "<+input>.allowedValues(Sh,Bash)"}}',
    )
    const path = 'pipeline.stages.s.spec.execution.steps.a.spec'
    const { diagnostics } = readPipeline(sourceFile('p.yaml', text), { inputs: {} })
    expect(diagnostics.filter((d) => d.code === 'INPUT_MISSING').map((d) => d.message)).toEqual([
      `a value is needed for ${path}.command`,
      `a value is needed for ${path}.shell`,
    ])
    expect(findings(text, { [`${path}.command`]: 'true', 'a.spec.shell': 'Bash' })).toEqual([])
    expect(findings(text, { 'spec.command': 'true', shell: 'Zsh' })[0]).toContain('EXPR_INPUT_VALUE')
    expect(findings(text, { command: 'true', shell: 'Sh', colour: 'red' })).toEqual(['p.yaml:1:1 INPUT_UNKNOWN'])
  })

  it.each(['', '[]', 'a: 1', 'pipeline:', '- step', '\t', '%'])('finds no pipeline in %j, and says so', (text) => {
    expect(findings(text).length).toBeGreaterThan(0)
  })
})

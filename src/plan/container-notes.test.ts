/** ST-14: what container settings do where a step runs without a container. */
import { describe, expect, it } from 'vitest'
import { pipeline, stage } from '../../test/support/flow-text.ts'
import { runText } from '../../test/support/run-text.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { sourceFile } from '../text/source-file.ts'
import { noFacts, type RunFacts } from './facts.ts'
import { planner } from './planner.ts'

describe('ST-14 container settings without a container', () => {
  it.each([
    ['Run', { command: 'x', resources: { limits: { memory: '1Gi', cpu: '1' } }, runAsUser: '1000' }, 'resources, runAsUser'],
    ['BuildAndPushDockerRegistry', { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], resources: { limits: { memory: '1Gi' } } }, 'resources'],
  ])('of %s are told in one line, and the step passes', async (type, spec, settings) => {
    const env = { envVariables: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/app:1' } }
    const step = { step: { identifier: 'a', name: 'a', type, spec: type === 'Run' ? spec : { ...spec, ...env } } }
    const ran = await runText(pipeline([stage('s', [step])]))
    const notes = ran.view.step('s/a')?.notes.filter(({ code }) => code === 'PLAN_SETTING_WITHOUT_EFFECT') ?? []
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({ severity: 'info', message: expect.stringContaining(settings) })
  })

  it.each([
    ['BuildAndPushDockerRegistry', { connectorRef: 'hub', repo: 'acme/app', tags: ['1'] }, ['resources']],
    ['Run', { image: 'a:1', command: 'x' }, []],
  ])('of %s on docker and kubernetes have an effect in containers, not on image steps, which this process does', (type, spec, told) => {
    const step = { step: { identifier: 'a', name: 'a', type, spec: { ...spec, resources: { limits: { memory: '1Gi' } } } } }
    const read = readPipeline(sourceFile('p.yaml', pipeline([stage('s', [step])])), { inputs: {} })
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
    const notes = (facts: Partial<RunFacts>): readonly string[] => {
      const { diagnostics } = planner(read.value, { file: 'p.yaml', facts: { ...noFacts, ...facts } }).plan()
      return diagnostics.filter(({ code }) => code === 'PLAN_SETTING_WITHOUT_EFFECT').map(({ message }) => message)
    }
    for (const on of ['docker', 'kubernetes'] as const) expect(notes({ on })).toEqual(told.map((name) => `${name}: no effect on ${on}`))
    // Kaniko has a container of its own.
    expect(notes({ on: 'kubernetes', engine: 'kaniko' })).toEqual([])
  })
})

/** RT-01: whether a step runs, by its `when` and by how its stage stands. Run on the fake infrastructure, so that plan and engine are both in it. */
import { describe, expect, it } from 'vitest'
import { runText } from '../support/run-text.ts'

type Standing = 'passed' | 'failed'
type Status = 'Success' | 'Failure' | 'All' | undefined

/** status, how the step before ended, condition, whether it runs */
const table: readonly (readonly [Status, Standing, string | undefined, boolean])[] = [
  [undefined, 'passed', undefined, true],
  [undefined, 'failed', undefined, false],
  ['Success', 'passed', undefined, true],
  ['Success', 'failed', undefined, false],
  ['Failure', 'passed', undefined, false],
  ['Failure', 'failed', undefined, true],
  ['All', 'passed', undefined, true],
  ['All', 'failed', undefined, true],
  ['Success', 'passed', '<+pipeline.sequenceId> == 2', false],
  ['Failure', 'failed', '<+pipeline.sequenceId> == 2', false],
  ['All', 'failed', '<+pipeline.sequenceId> == 2', false],
  ['All', 'failed', '<+pipeline.sequenceId> == 1', true],
]

function pipeline(status: Status, standing: Standing, condition: string | undefined): string {
  const when = status === undefined ? '' : `\n                  when: {stageStatus: ${status}${condition === undefined ? '' : `, condition: '${condition}'`}}`
  return `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step: {identifier: before, name: before, type: Run, spec: {command: a, envVariables: {FAKE_EXIT: "${standing === 'failed' ? 1 : 0}"}}}
              - step:
                  identifier: asked
                  name: asked
                  type: Run
                  spec: {command: a}${when}
`
}

describe('RT-01 a step', () => {
  it.each(table)('with %s after one that %s, if %s: runs %s', async (status, standing, condition, runs) => {
    const { statuses, order } = await runText(pipeline(status, standing, condition))
    expect(order.includes('+s/asked')).toBe(runs)
    expect(statuses['s/asked']).toBe(runs ? 'passed' : 'skipped')
  })
})

describe('RT-01 a stage', () => {
  const stage = (id: string, keys: string, exit: number): string =>
    `    - stage: {identifier: ${id}, name: ${id}, type: CI, ${keys}spec: {runtime: {type: Cloud}, execution: {steps: [{step: {identifier: a, name: a, type: Run, spec: {command: a, envVariables: {FAKE_EXIT: "${exit}"}}}}]}}}\n`

  it.each([
    ['Success', 0, true],
    ['Success', 1, false],
    ['Failure', 0, false],
    ['Failure', 1, true],
    ['All', 0, true],
    ['All', 1, true],
  ] as const)('with %s after a stage that ends with %i: runs %s', async (status, exit, runs) => {
    const text = `pipeline:\n  identifier: p\n  name: p\n  stages:\n${stage('one', '', exit)}${stage('two', `when: {pipelineStatus: ${status}}, `, 0)}`
    expect((await runText(text)).order.includes('+two/a')).toBe(runs)
  })

  it('takes a skipped step for a success', async () => {
    const step = (id: string, when: string): string => `{step: {identifier: ${id}, name: ${id}, type: Run, when: {stageStatus: ${when}}, spec: {command: a}}}`
    const text = `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage: {identifier: s, name: s, type: CI, spec: {runtime: {type: Cloud}, execution: {steps: [${step('a', 'Failure')}, ${step('b', 'Success')}]}}}\n`
    expect((await runText(text)).statuses).toEqual({ 's/a': 'skipped', 's/b': 'passed' })
  })
})

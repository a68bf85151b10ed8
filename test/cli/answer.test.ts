/** A failed step of a run is decided from another terminal than its own. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { type TestWorld, testWorld } from '../support/test-world.ts'

const asks =
  'failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Abort}}}}}}]'

function pipeline(...steps: readonly string[]): string {
  const lines = steps.map(
    (id) => `- step: {identifier: ${id}, name: ${id}, type: Run, spec: {command: "test -e ${id}.tried || { touch ${id}.tried; exit 7; }"}, ${asks}}`,
  )
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
              - parallel:
                  ${lines.join('\n                  ')}
`
}

const poll = { timeout: 60_000, interval: 100 }

/** A run that has begun, and somebody else with the same data folder. */
function begun(text: string) {
  const { dir: cwd, path } = tempProject({ 'p.yaml': text })
  const home = path('home')
  const worlds: readonly TestWorld[] = [testWorld({ cwd, home }), testWorld({ cwd, home })]
  const [runner, person] = worlds as [TestWorld, TestWorld]
  const running = runner.run('run', 'p.yaml', '--ask', '--output', 'plain')
  const shown = () => person.run('runs', 'answer', 'last').then(({ out }) => out)
  return { running, person, shown, home }
}

describe('slipway runs answer', { timeout: 120_000 }, () => {
  it('shows what is asked and decides it; the run goes on, and nothing of it stays', async () => {
    const { running, person, shown, home } = begun(pipeline('a'))
    await expect.poll(shown, poll).toContain('slipway runs answer')
    expect(await shown()).toMatch(
      /^s\/a failed: p\.yaml:\d+:\d+: the command ended with exit code 7\n {2}\S+ \S+ left, then: abort\n {2}slipway runs answer \w+ --step s\/a retry\|ignore\|/,
    )
    expect(await person.run('runs', 'answer', 'last', 'retry')).toEqual({ code: 0, out: 's/a: retry\n', err: '' })
    const ran = await running
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(ran.out).toContain('the command ended with exit code 7; waiting 1h 00m at most for a decision: slipway runs answer ')
    expect(readdirSync(join(home, 'answers'))).toEqual([])
  })

  it('wants to know which of several steps is meant', async () => {
    const { running, person, shown } = begun(pipeline('a', 'b'))
    await expect.poll(async () => (await shown()).match(/failed/g)?.length, poll).toBe(2)
    expect((await person.run('runs', 'answer', 'last', 'ignore')).err).toContain('several steps of the run p#1')
    expect((await person.run('runs', 'answer', 'last', 'ignore', '--step', 'a')).out).toBe('s/a: ignore\n')
    expect((await person.run('runs', 'answer', 'last', 'retry', '--step', 's/b')).out).toBe('s/b: retry\n')
    expect((await running).code).toBe(0)
  })

  it('has nothing to answer in a run that is over', async () => {
    const { running, person, shown } = begun(pipeline('a'))
    await expect.poll(shown, poll).toContain('slipway runs answer')
    expect((await person.run('runs', 'answer', 'last', 'abort')).code).toBe(0)
    expect((await running).code).toBe(130)
    const late = await person.run('runs', 'answer', 'last', 'retry')
    expect([late.code, late.err]).toEqual([1, expect.stringContaining('RUN_ASKS_NOTHING')])
    expect((await person.run('runs', 'answer', 'last', 'maybe')).code).toBe(2)
  })
})

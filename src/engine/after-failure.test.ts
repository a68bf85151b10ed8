import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

type Env = Readonly<Record<string, string>>

function step(id: string, env: Env = {}, strategies = '', more = ''): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Run${more}, spec: {command: x, envVariables: ${JSON.stringify(env)}}${strategies === '' ? '' : `, failureStrategies: ${strategies}`}}`
}

function on(action: string, errors = 'AllErrors'): string {
  return `{onFailure: {errors: [${errors}], action: ${action}}}`
}

interface Around {
  /** Of the stage. */
  readonly stage?: string
  readonly stageTimeout?: string
  readonly pipelineTimeout?: string
  readonly second?: readonly string[]
}

function run(steps: readonly string[], around: Around = {}, o: RunOptions = {}) {
  const body = (list: readonly string[]) => list.join('\n').replace(/^/gm, '              ')
  const stage = (id: string, list: readonly string[], more: string) =>
    `    - stage:\n        identifier: ${id}\n        name: ${id}\n        type: CI\n${more}        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${body(list)}\n`
  const more = `${around.stage === undefined ? '' : `        failureStrategies: ${around.stage}\n`}${around.stageTimeout === undefined ? '' : `        timeout: ${around.stageTimeout}\n`}`
  const head = `pipeline:\n  identifier: p\n  name: p\n${around.pipelineTimeout === undefined ? '' : `  timeout: ${around.pipelineTimeout}\n`}  stages:\n`
  return runText(`${head}${stage('s', steps, more)}${around.second === undefined ? '' : stage('t', around.second, '')}`, o)
}

const failing = { FAKE_EXIT: '3' }
const after = step('b')

describe('failure strategies', () => {
  it.each([
    ['nothing said', '', { 's/a': 'failed', 's/b': 'skipped' }, 'failed'],
    ['Ignore', `[${on('{type: Ignore}')}]`, { 's/a': 'failed', 's/b': 'passed' }, 'passed'],
    ['MarkAsSuccess', `[${on('{type: MarkAsSuccess}')}]`, { 's/a': 'passed', 's/b': 'passed' }, 'passed'],
    ['MarkAsFailure', `[${on('{type: MarkAsFailure}')}]`, { 's/a': 'failed', 's/b': 'skipped' }, 'failed'],
    ['Abort', `[${on('{type: Abort}')}]`, { 's/a': 'failed', 's/b': 'aborted' }, 'aborted'],
    ['StageRollback', `[${on('{type: StageRollback}')}]`, { 's/a': 'failed', 's/b': 'skipped' }, 'failed'],
    ['another error', `[${on('{type: Ignore}', 'Timeout')}]`, { 's/a': 'failed', 's/b': 'skipped' }, 'failed'],
    [
      'the first that fits',
      `[${on('{type: Abort}', 'Timeout')}, ${on('{type: Ignore}', 'Unknown')}, ${on('{type: Abort}')}]`,
      { 's/a': 'failed', 's/b': 'passed' },
      'passed',
    ],
  ])('%s', async (_name, strategies, statuses, kind) => {
    const ran = await run([step('a', failing, strategies), after])
    expect(ran.statuses).toEqual(statuses)
    expect(ran.outcome.kind).toBe(kind)
    expect(ran.replayed).toEqual(ran.live)
  })

  it('are the step’s before the group’s before the stage’s, and the next level’s where one has nothing that fits', async () => {
    const group = (inner: string, own: string) =>
      `- stepGroup: {identifier: g, name: g, failureStrategies: [${own}], steps: [${inner.slice(2).replace(/^step: (.*)$/, '{step: $1}')}]}`
    const of = (own: string, around: string, stage: string) => run([group(step('a', failing, `[${own}]`), around), after], { stage: `[${stage}]` })
    expect((await of(on('{type: Ignore}'), on('{type: Abort}'), on('{type: Abort}'))).statuses).toEqual({ 's/g/a': 'failed', 's/b': 'passed' })
    expect((await of(on('{type: Abort}', 'Timeout'), on('{type: MarkAsSuccess}'), on('{type: Abort}'))).statuses).toEqual({
      's/g/a': 'passed',
      's/b': 'passed',
    })
    expect((await of(on('{type: Abort}', 'Timeout'), on('{type: Abort}', 'Authentication'), on('{type: Ignore}'))).outcome.kind).toBe('passed')
  })

  it('Abort ends the whole run, with what runs beside', async () => {
    const { statuses, outcome, elapsed } = await run(
      ['- parallel:', `    ${step('a', { FAKE_EXIT: '3', FAKE_SLEEP: '1000' }, `[${on('{type: Abort}')}]`)}`, `    ${step('c', { FAKE_SLEEP: '60000' })}`],
      {
        second: [step('d')],
      },
    )
    expect(statuses).toEqual({ 's/a': 'failed', 's/c': 'aborted', 't/d': 'aborted' })
    expect(outcome).toEqual({ kind: 'aborted', because: 'failure' })
    expect(elapsed).toBe(1000)
  })

  describe('Retry', () => {
    const retry = (spec: string) => `[${on(`{type: Retry, spec: {${spec}}}`)}]`

    it('passes on the third try, after the waits it was given, the last of which repeats', async () => {
      const two = await run([step('a', { FAKE_EXIT: '1,1,0' }, retry('retryCount: 2, retryIntervals: [10s, 1m]')), after])
      expect([two.outcome.kind, two.elapsed, two.view.step('s/a')?.retries]).toEqual(['passed', 70_000, 2])
      const four = await run([step('a', { FAKE_EXIT: '1,1,1,1,0' }, retry('retryCount: 4, retryIntervals: [10s, 1m]'))])
      expect([four.outcome.kind, four.elapsed]).toEqual(['passed', 190_000])
    })

    it('takes what comes next when it has failed too often', async () => {
      const plain = await run([step('a', failing, retry('retryCount: 2')), after])
      expect(plain.statuses).toEqual({ 's/a': 'failed', 's/b': 'skipped' })
      expect(plain.recorded.filter(({ event }) => event.kind === 'step.started' && event.step === 's/a')).toHaveLength(3)
      const ignoring = await run([step('a', failing, retry('retryCount: 2, onRetryFailure: {action: {type: Ignore}}')), after])
      expect(ignoring.statuses).toEqual({ 's/a': 'failed', 's/b': 'passed' })
    })

    it('asks its condition after each failure', async () => {
      const while7 = retry('retryCount: 5, condition: <+steps.a.exitCode> == 7')
      const { recorded, statuses } = await run([step('a', { FAKE_EXIT: '7,7,8,0' }, while7)])
      expect(statuses).toEqual({ 's/a': 'failed' })
      expect(recorded.filter(({ event }) => event.kind === 'step.started')).toHaveLength(3)
    })

    it('catches each kind of error by its own rule', async () => {
      const rules = `[${on('{type: Retry, spec: {retryCount: 1}}', 'ResourceLimitsFailure')}, ${on('{type: Ignore}', 'Unknown')}]`
      const oom = await run([step('a', { FAKE_OOM: 'true' }, rules), after])
      expect([oom.statuses, oom.view.step('s/a')?.retries]).toEqual([{ 's/a': 'failed', 's/b': 'skipped' }, 1])
      const code = await run([step('a', failing, rules), after])
      expect([code.statuses, code.view.step('s/a')?.retries]).toEqual([{ 's/a': 'failed', 's/b': 'passed' }, 0])
      const start = await run([step('a', { FAKE_START_FAIL: 'no' }, `[${on('{type: MarkAsSuccess}', 'InfrastructureFailure')}]`)])
      expect(start.outcome.kind).toBe('passed')
    })

    it('also when the time of the step was up', async () => {
      const { elapsed, view } = await run([
        step(
          'a',
          { FAKE_HANG: 'true' },
          `[${on('{type: Retry, spec: {retryCount: 1, onRetryFailure: {action: {type: Ignore}}}}', 'Timeout')}]`,
          ', timeout: 30s',
        ),
        after,
      ])
      expect([elapsed, view.step('s/a')?.retries, view.step('s/b')?.status]).toEqual([60_000, 1, 'passed'])
    })

    it('ends at once when the run is aborted in its wait', async () => {
      const { outcome, elapsed } = await run([step('a', failing, retry('retryCount: 3, retryIntervals: [1h]'))], {}, { abortAfter: 5000 })
      expect([outcome, elapsed]).toEqual([{ kind: 'aborted', because: 'user' }, 5000])
    })
  })

  it('RetryStepGroup begins the group again, with all of its steps', async () => {
    const rule = on('{type: RetryStepGroup, spec: {retryCount: 2, retryIntervals: [10s]}}')
    const group = (codes: string) =>
      `- stepGroup: {identifier: g, name: g, failureStrategies: [${rule}], steps: [{step: {identifier: a, name: a, type: Run, spec: {command: x}}}, {step: {identifier: f, name: f, type: Run, spec: {command: x, envVariables: {FAKE_EXIT: "${codes}"}}}}]}`
    const good = await run([group('1,1,0'), after])
    expect([good.outcome.kind, good.elapsed]).toEqual(['passed', 20_000])
    expect(good.order.filter((one) => one === '+s/g/a')).toHaveLength(3)
    const bad = await run([group('1'), after])
    expect(bad.statuses).toEqual({ 's/g/a': 'passed', 's/g/f': 'failed', 's/b': 'skipped' })
    expect(bad.order.filter((one) => one === '+s/g/a')).toHaveLength(3)
    expect(bad.replayed).toEqual(bad.live)
  })

  describe('ManualIntervention', () => {
    const asking = `[${on('{type: ManualIntervention, spec: {timeout: 1h, onTimeout: {action: {type: Ignore}}}}')}]`

    it.each([
      ['ignore', 'passed', 'passed'],
      ['mark-success', 'passed', 'passed'],
      ['mark-failure', 'failed', 'skipped'],
      ['abort', 'aborted', 'aborted'],
    ] as const)('a person chooses %s', async (choice, kind, next) => {
      const asked: string[] = []
      const decide = (question: { readonly step: string }) => {
        asked.push(question.step)
        return choice
      }
      const { outcome, statuses } = await run([step('a', failing, asking), after], {}, { decide })
      expect([asked, outcome.kind, statuses['s/b']]).toEqual([['s/a'], kind, next])
    })

    it('a person chooses to try again, and is asked again', async () => {
      const answers = ['retry', 'retry', 'mark-failure'] as const
      let at = 0
      const twice = await run([step('a', { FAKE_EXIT: '1,1,0' }, asking)], {}, { decide: () => answers[at++] })
      expect([twice.outcome.kind, at]).toEqual(['passed', 2])
    })

    it('takes the action for its timeout when nobody chooses, and at once when nobody can', async () => {
      const waited = await run([step('a', failing, asking), after], {}, { decide: () => undefined })
      expect([waited.outcome.kind, waited.elapsed, waited.statuses['s/b']]).toEqual(['passed', 3_600_000, 'passed'])
      const alone = await run([step('a', failing, asking), after])
      expect([alone.outcome.kind, alone.elapsed]).toEqual(['passed', 0])
      expect(alone.view.step('s/a')?.notes.map(({ code }) => code)).toEqual(['INTERVENTION_NOBODY', 'FAILURE_IGNORED'])
    })
  })

  it('later steps can ask how it went', async () => {
    const { view } = await run([
      step('a', failing, `[${on('{type: Ignore}')}]`),
      step('b', { FAKE_OUTPUT: '<+steps.a.status> <+steps.a.exitCode>' }),
      step('c', { FAKE_OUTPUT: '<+steps.b.exitCode>' }),
    ])
    expect([view.step('s/b')?.tail, view.step('s/c')?.tail]).toEqual([
      ['IGNORE_FAILED 3', ''],
      ['0', ''],
    ])
  })
})

describe('time limits', () => {
  it('of a stage end its steps, and later stages see a failure', async () => {
    const { statuses, outcome, elapsed } = await run([step('a', { FAKE_SLEEP: '120000' }), after], { stageTimeout: '1m', second: [step('c')] })
    expect([statuses, elapsed]).toEqual([{ 's/a': 'aborted', 's/b': 'aborted', 't/c': 'skipped' }, 60_000])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'STAGE_TIMEOUT' } })
  })

  it('of a stage can be ignored by its strategies', async () => {
    const { statuses, outcome } = await run([step('a', { FAKE_SLEEP: '120000' })], {
      stageTimeout: '1m',
      stage: `[${on('{type: Ignore}', 'Timeout')}]`,
      second: [step('c')],
    })
    expect([statuses['t/c'], outcome.kind]).toEqual(['passed', 'passed'])
  })

  it('of the pipeline end everything', async () => {
    const { statuses, outcome, elapsed } = await run([step('a', { FAKE_SLEEP: '120000' })], { pipelineTimeout: '1m', second: [step('c')] })
    expect([statuses, elapsed]).toEqual([{ 's/a': 'aborted', 't/c': 'aborted' }, 60_000])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'RUN_TIMEOUT' } })
  })
})

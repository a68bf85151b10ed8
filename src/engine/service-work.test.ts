import { describe, expect, it } from 'vitest'
import { type RunOptions, runText } from '../../test/support/run-text.ts'

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

const run = (steps: readonly string[], o?: RunOptions) => runText(head + steps.join('\n').replace(/^/gm, '              '), o)

function service(id: string, env: Record<string, string>, more = ''): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Background${more}, spec: {command: serve, envVariables: ${JSON.stringify(env)}}}`
}

function step(id: string, env: Record<string, string> = {}, more = ''): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Run${more}, spec: {command: x, envVariables: ${JSON.stringify(env)}}}`
}

const stageNotes = (done: Awaited<ReturnType<typeof run>>) => [...done.live.stages.values()].flatMap((stage) => stage.notes.map((note) => note.code))

describe('a Background step', () => {
  it('passes at once, and its service is ended with the stage, which does not wait for it', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true', FAKE_OUTPUT: 'listening' }), step('a', { FAKE_SLEEP: '5000' })])
    expect(done.outcome).toEqual({ kind: 'passed' })
    expect(done.order).toEqual(['+s/db', '-s/db', '+s/a', '-s/a'])
    expect(done.elapsed).toBe(5000)
    expect(done.view.step('s/db')?.tail).toEqual(['listening', ''])
    expect(stageNotes(done)).toEqual([])
  })

  it('with a port holds later steps back until it answers', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true', FAKE_LISTEN: '5432', FAKE_LISTEN_AFTER: '3000', SLIPWAY_READY_TCP: '5432' }), step('a')])
    expect(done.statuses).toEqual({ 's/db': 'passed', 's/a': 'passed' })
    expect(done.elapsed).toBe(3000)
    expect(done.view.step('s/db')?.notes.map((note) => note.message)).toEqual(['the service is ready: port 5432 takes connections'])
  })

  it('with a command holds later steps back until it passes', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true', FAKE_READY_EXIT: '1,1,1,0', SLIPWAY_READY_CMD: 'pg_isready' }), step('a')])
    expect(done.outcome).toEqual({ kind: 'passed' })
    expect(done.elapsed).toBe(3000)
  })

  it('with a text waits for it in the log', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true', FAKE_OUTPUT: 'now ready to accept', SLIPWAY_READY_LOG: 'ready to accept' }), step('a')])
    expect(done.outcome).toEqual({ kind: 'passed' })
  })

  it.each([
    ['SLIPWAY_READY_TCP', '1', /nothing takes connections on port 1/],
    ['SLIPWAY_READY_LOG', 'never', /does not say "never"/],
    ['SLIPWAY_READY_CMD', 'no', /ended with exit code 1/],
  ])('fails when %s does not come true in two minutes, and ends its service', async (name, value, message) => {
    const done = await run([service('db', { FAKE_HANG: 'true', FAKE_READY_EXIT: '1', [name]: value }), step('a')])
    expect(done.outcome).toMatchObject({ kind: 'errored', problem: { code: 'SERVICE_NOT_READY', message: expect.stringMatching(message) } })
    expect(done.statuses).toEqual({ 's/db': 'errored', 's/a': 'skipped' })
    expect(done.elapsed).toBeLessThan(125_000)
  })

  it('waits as long as its timeout says', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true', SLIPWAY_READY_TCP: '1' }, ', timeout: 10m'), step('a')])
    expect(done.outcome).toMatchObject({ kind: 'errored', problem: { code: 'STEP_TIMEOUT' } })
    expect(done.elapsed).toBe(600_000)
  })

  it('that ends before it is ready is an error', async () => {
    const done = await run([service('db', { FAKE_SLEEP: '1000', FAKE_EXIT: '3', SLIPWAY_READY_TCP: '1' }), step('a')])
    expect(done.outcome).toMatchObject({ kind: 'errored', problem: { code: 'SERVICE_ENDED_EARLY', message: expect.stringContaining('exit code 3') } })
  })

  it('that ends before its stage is told in the log of the stage, and fails nothing', async () => {
    const done = await run([service('db', { FAKE_SLEEP: '1000', FAKE_EXIT: '3' }), step('a', { FAKE_SLEEP: '5000' })])
    expect(done.outcome).toEqual({ kind: 'passed' })
    expect(stageNotes(done)).toEqual(['SERVICE_ENDED'])
  })

  it('is tried again by its failure strategy, with its first process out of the way', async () => {
    const retry =
      ', failureStrategies: [{onFailure: {errors: [AllErrors], action: {type: Retry, spec: {retryCount: 1, retryIntervals: [10s], onRetryFailure: {action: {type: Abort}}}}}}]'
    const done = await run([service('db', { FAKE_START_FAIL: 'no such image' }, retry), step('a')])
    expect(done.recorded.filter(({ event }) => event.kind === 'step.retrying')).toHaveLength(1)
    expect(done.outcome.kind).not.toBe('passed')
  })

  it('is ended when the run is aborted', async () => {
    const done = await run([service('db', { FAKE_HANG: 'true' }), step('a', { FAKE_HANG: 'true' })], { abortAfter: 1000 })
    expect(done.outcome.kind).toBe('aborted')
    expect(done.elapsed).toBe(1000)
  })

  it('beside other steps in a group holds back only what comes after the group', async () => {
    const done = await run([
      '- parallel:',
      `    ${service('db', { FAKE_HANG: 'true', FAKE_LISTEN: '80', FAKE_LISTEN_AFTER: '2000', SLIPWAY_READY_TCP: '80' })}`,
      `    ${step('a')}`,
      step('b'),
    ])
    expect(done.order.indexOf('-s/a')).toBeLessThan(done.order.indexOf('-s/db'))
    expect(done.order.indexOf('-s/db')).toBeLessThan(done.order.indexOf('+s/b'))
  })

  it('refuses a port that is none', async () => {
    await expect(run([service('db', { SLIPWAY_READY_TCP: 'http' })])).rejects.toThrow('SERVICE_READY_PORT')
  })
})

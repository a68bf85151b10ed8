/** The server as people run it: its runs are processes, it is killed and started again, and other terminals run and stop things beside it. */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reduceRun } from '../../../src/events/reduce-run.ts'
import { emptyView } from '../../../src/events/run-view.ts'
import { viewJson } from '../../../src/server/without-secrets.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { command, endOf, type RunningServer, server } from './running-server.ts'

const pipeline = `pipeline:
  identifier: slow
  name: slow
  projectIdentifier: p
  orgIdentifier: o
  variables:
    - { name: TIMES, type: String, value: "1" }
    - { name: WHO, type: String, value: <+input>.default(you) }
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: false
          infrastructure: { type: KubernetesDirect, spec: { connectorRef: k, namespace: n } }
          execution:
            steps:
              - step:
                  type: Run
                  identifier: count
                  name: count
                  spec:
                    shell: Sh
                    command: |
                      for i in $(seq 1 <+pipeline.variables.TIMES>); do echo "hello <+pipeline.variables.WHO> $i"; sleep 0.3; done
`

function place(): TempProject {
  return tempProject({ 'pipeline.yaml': pipeline })
}

/** Ended with the test, whatever became of it. */
async function served(at: TempProject, ...args: readonly string[]): Promise<RunningServer> {
  const running = await server(at, ...args)
  onTestFinished(async () => {
    running.signal('SIGKILL')
    await running.ended
  })
  return running
}

const outputOf = (events: Awaited<ReturnType<RunningServer['stream']>>): string =>
  events.map(({ event }) => (event.kind === 'step.output' ? event.text : '')).join('')

describe('slipway serve', promised('ci'), () => {
  it('runs what is ordered, one after another where only one may, and tells it live as it was', async () => {
    const one = await served(place(), '--concurrency', '1')
    const [a, b] = [await one.start({ inputs: { 'variables.WHO': 'me' }, variables: { TIMES: '4' } }), await one.start()]
    expect([(await one.row(b)).status]).toEqual(['queued'])
    const live = await one.stream(a)
    expect(outputOf(live)).toBe('hello me 1\nhello me 2\nhello me 3\nhello me 4\n')
    const later = await one.stream(a)
    expect(outputOf(later)).toBe(outputOf(live))
    const { view } = await one.get<{ view: { seq: number } }>(`/api/runs/${a}`)
    // The API's fold is without output; of what it has, both say the same.
    const folded = viewJson(later.filter(({ event }) => event.kind !== 'step.output').reduce(reduceRun, emptyView))
    expect(view).toEqual(JSON.parse(JSON.stringify(folded)))
    await one.until(b, 'passed')
    const again = await one.post<{ run: string }>(`/api/runs/${a}/rerun`, {})
    expect(outputOf(await one.stream(again.body.run))).toBe(outputOf(live))
  })

  it('refuses in words what cannot begin, and lets go what is taken back', async () => {
    const one = await served(place(), '--concurrency', '1')
    const bad = await one.start({ stages: ['nowhere'] })
    const waits = await one.start()
    expect((await one.until(bad, 'refused')).refusal).toContain('no stage nowhere')
    await one.until(waits, 'passed')
    const long = await one.start({ variables: { TIMES: '100' } })
    const behind = await one.start()
    expect((await one.post(`/api/runs/${behind}/abort`, {})).body).toEqual({ did: 'cancelled' })
    await one.until(long, 'running')
    expect((await one.post(`/api/runs/${long}/abort`, {})).body).toEqual({ did: 'asked' })
    await one.until(long, 'aborted')
    expect((await one.post<{ error: { code: string } }>(`/api/runs/${long}/abort`, {})).body.error.code).toBe('RUN_OVER')
    expect((await fetch(`${one.url}/api/runs/${behind}`)).status).toBe(404)
  })

  it('goes on after it was killed: what ran runs on and counts, what waited begins', async () => {
    const at = place()
    const first = await served(at, '--concurrency', '1')
    const running = await first.start({ variables: { TIMES: '12' } })
    const waiting = await first.start()
    await first.until(running, 'running')
    first.signal('SIGKILL')
    await first.ended
    const second = await served(at, '--concurrency', '1')
    expect([(await second.row(running)).status, (await second.row(waiting)).status]).toEqual(['running', 'queued'])
    await second.until(running, 'passed')
    await second.until(waiting, 'passed')
    expect(outputOf(await second.stream(running)).split('\n')).toHaveLength(13)
  })

  it('shows and stops runs of terminals', async () => {
    const at = place()
    const one = await served(at)
    const terminal = command(at, 'run', 'pipeline.yaml', '--on', 'local', '--var', 'TIMES=200', '--output', 'plain')
    const ended = endOf(terminal)
    let row: { run: string; status: string } | undefined
    for (let i = 0; row === undefined && i < 100; i++) {
      ;[row] = (await one.get<{ runs: readonly { run: string; status: string }[] }>('/api/runs')).runs
      await pause(100)
    }
    expect(row?.status).toBe('running')
    const following = one.stream(row?.run ?? '')
    for (let lines = 0, i = 0; lines < 2 && i < 100; i++) {
      lines = (await one.get<{ total: number }>(`/api/runs/${row?.run}/logs?step=s/count`)).total
      await pause(100)
    }
    expect((await one.post(`/api/runs/${row?.run}/abort`, {})).body).toEqual({ did: 'asked' })
    expect((await ended).code).toBe(130)
    expect(outputOf(await following)).toContain('hello you 2\n')
    await one.until(row?.run ?? '', 'aborted')
    expect((await endOf(command(at, 'runs', 'abort', 'last'))).err).toContain('[RUN_OVER]')
  })

  it('ends in good order at Ctrl-C: nothing new begins, what runs may end, and the page stays until then', async () => {
    const at = place()
    const one = await served(at, '--concurrency', '1')
    const run = await one.start({ variables: { TIMES: '8' } })
    const waiting = await one.start()
    await one.until(run, 'running')
    one.signal('SIGINT')
    await pause(300)
    expect((await one.row(run)).status).toBe('running')
    const { code, err } = await one.ended
    expect([code, err]).toEqual([0, expect.stringContaining('1 run to end')])
    const next = await served(at)
    expect((await next.row(run)).status).toBe('passed')
    await next.until(waiting, 'passed')
  })

  it('ends its runs now at Ctrl-C twice', async () => {
    const at = place()
    const one = await served(at)
    const run = await one.start({ variables: { TIMES: '1000' } })
    await one.until(run, 'running')
    one.signal('SIGINT')
    await pause(300)
    const began = Date.now()
    one.signal('SIGINT')
    expect((await one.ended).code).toBe(0)
    expect(Date.now() - began).toBeLessThan(15_000)
    const next = await served(at)
    await next.until(run, 'aborted', 'interrupted')
  })

  it('says in words what keeps it from starting', async () => {
    const at = place()
    const one = await served(at)
    const port = new URL(one.url).port
    expect((await endOf(command(at, 'serve', '--listen', `127.0.0.1:${port}`))).err).toMatch(/cannot listen on 127\.0\.0\.1:\d+: the port is taken/)
    expect((await endOf(command(at, 'serve', '--listen', '0.0.0.0:0'))).err).toContain('[SERVE_TOKEN_MISSING]')
    at.write({ token: 'short\n' })
    expect((await endOf(command(at, 'serve', '--token-file', 'token', '--listen', '127.0.0.1:0'))).err).toContain('[SERVE_TOKEN_WEAK]')
  })

  it('serves the page of one run beside it: slipway run --open', async () => {
    const at = place()
    const run = command(at, 'run', 'pipeline.yaml', '--on', 'local', '--open', '--var', 'TIMES=8', '--output', 'plain')
    const ended = endOf(run)
    const url = await new Promise<string>((resolve) => {
      let said = ''
      run.stderr.on('data', (bytes: Buffer) => {
        said += bytes.toString()
        const found = /the page of this run: (http:\S+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
    })
    const { run: row } = (await (await fetch(url.replace('/runs/', '/api/runs/'))).json()) as { run: { status: string } }
    expect(row.status).toBe('running')
    const { code } = await ended
    expect(code).toBe(0)
  })
})

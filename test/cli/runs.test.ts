/** `slipway runs`: looking at what was run, following it, removing it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqliteHistory } from '../../src/adapters/store/sqlite/sqlite-history.ts'
import { brandAs } from '../../src/base/brand.ts'
import type { Recorded, RunEvent, RunId } from '../../src/events/run-event.ts'
import { stepPath } from '../../src/events/step-path.ts'
import { tempProject } from '../support/temp-project.ts'
import { type TestWorld, testWorld } from '../support/test-world.ts'

const step = (id: string, env: string): string =>
  `              - step: {identifier: ${id}, name: ${id}, type: Run, spec: {shell: Sh, command: 'true', envVariables: {${env}}}}\n`

function pipeline(name: string, steps: string): string {
  const stage = `    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${steps}`
  return `pipeline:\n  identifier: ${name}\n  name: ${name}\n  stages:\n${stage}`
}

const files = {
  'web.yaml': pipeline('web', step('talk', 'FAKE_OUTPUT: "one\\ntwo\\nthree\\n"') + step('more', 'FAKE_OUTPUT: "four\\n"')),
  'api.yaml': pipeline('api', step('bad', 'FAKE_OUTPUT: "a hint\\n", FAKE_EXIT: "3"')),
}

function world(): TestWorld {
  return testWorld({ cwd: tempProject(files).dir })
}

async function ranThrice(): Promise<TestWorld> {
  const here = world()
  for (const file of ['web.yaml', 'api.yaml', 'web.yaml']) await here.run('run', file, '--on', 'fake')
  return here
}

const idsOf = (json: string): readonly string[] => (JSON.parse(json) as { run: string }[]).map(({ run }) => run)

describe('slipway runs', () => {
  it('lists by pipeline and status, and says when there is nothing', async () => {
    const here = await ranThrice()
    const lines = async (...args: string[]): Promise<readonly string[]> =>
      [...(await here.run('runs', 'list', ...args)).out.matchAll(/(\w+ #\d+) +(\w+)/g)].map(([, name, status]) => `${name} ${status}`)
    expect(await lines()).toEqual(['web #2 passed', 'api #1 failed', 'web #1 passed'])
    expect(await lines('--limit', '1')).toEqual(['web #2 passed'])
    expect(await lines('--pipeline', 'web')).toEqual(['web #2 passed', 'web #1 passed'])
    expect(await lines('--status', 'failed')).toEqual(['api #1 failed'])
    expect((await here.run('runs', '--status', 'aborted')).out).toBe('no such runs\n')
    expect((await world().run('runs')).out).toContain('no runs yet')
    expect((await here.run('runs', 'list', '--limit', 'many')).err).toContain('AMOUNT_INVALID')
  })

  it('finds a run by its id, the beginning of it, its number, and as the last', async () => {
    const here = await ranThrice()
    const [last = '', bad = '', first = ''] = idsOf((await here.run('runs', 'list', '--json')).out)
    const found = async (name: string): Promise<string> => /run {6}(\S+)/.exec((await here.run('runs', 'show', name)).out)?.[1] ?? ''
    expect(await found('last')).toBe(last)
    expect(await found(bad)).toBe(bad)
    expect(await found(first.slice(0, -1))).toBe(first)
    expect(await found('#2')).toBe(last)
    expect(await found('2')).toBe(last)
    expect(await found('web#1')).toBe(first)
    const ambiguous = await here.run('runs', 'show', '#1')
    expect([ambiguous.code, ambiguous.err]).toEqual([1, expect.stringMatching(/RUN_AMBIGUOUS/)])
    expect(ambiguous.err).toContain(`api#1 (${bad}), web#1 (${first})`)
    const unknown = await here.run('runs', 'show', 'wev#1')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('did you mean web#1?')])
  })

  it('shows a run on a page: its steps, and what failed with its last words', async () => {
    const here = await ranThrice()
    const { out } = await here.run('runs', 'show', 'api#1')
    expect(out).toMatch(/^api #1 {2}failed\n/)
    expect(out).toContain('✖ bad')
    expect(out).toMatch(/✖ s\/bad\n {2}│ a hint\n.*STEP_EXIT_CODE/s)
    expect((await here.run('runs', 'show', 'web#1')).out).toMatch(/✔ s.*\n {2}✔ talk.*\n {2}✔ more/)
  })

  it('prints the output of one step as it was, and the last lines of it', async () => {
    const here = await ranThrice()
    const logs = async (...args: string[]): Promise<string> => (await here.run('runs', 'logs', ...args)).out
    expect(await logs('last', 'talk')).toBe('one\ntwo\nthree\n')
    expect(await logs('last', 's/more')).toBe('four\n')
    expect(await logs('last', 'talk', '--tail', '2')).toBe('two\nthree\n')
    expect(await logs('last', 'talk', '--tail', '0')).toBe('')
    expect((await logs('last', '--tail', '3')).trimEnd().split('\n').length).toBe(3)
    expect(await logs('last', '--since', '1h')).toContain('[s/talk] two')
    expect(await logs('last', '--since', '2999-01-01')).toBe('')
    const unknown = await here.run('runs', 'logs', 'last', 'tolk')
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('did you mean "talk"?')])
  })

  it('follows a run that another opener of the history writes, until it ends', async () => {
    const here = world()
    const history = await sqliteHistory({ dir: here.home })
    const run = brandAs<RunId>('live')
    await history.begin({ run, pipeline: 'd/d/p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: Date.now() })
    let seq = 0
    const tell = (event: RunEvent): Promise<void> => history.append([{ run, seq: ++seq, at: Date.now(), event } satisfies Recorded])
    const at = stepPath('s', 'a')
    await tell({ kind: 'step.started', step: at, does: 'runs' })
    await tell({ kind: 'step.output', step: at, stream: 'out', text: 'early\n' })
    const following = here.run('runs', 'logs', '-f', 'live', 'a')
    const whole = here.run('runs', 'logs', '--follow', 'live', '--tail', '1')
    let done = false
    void following.then(() => {
      done = true
    })
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await tell({ kind: 'step.output', step: at, stream: 'out', text: `${i}\n` })
    }
    expect(done).toBe(false)
    await tell({ kind: 'run.finished', outcome: { kind: 'passed' } })
    expect((await following).out).toBe('early\n0\n1\n2\n3\n4\n')
    expect((await whole).out).toMatch(/4\n$/)
    await history.close()
  })

  it('stops following at Ctrl-C, quietly', async () => {
    const abort = new AbortController()
    const here = testWorld({ signal: abort.signal })
    const history = await sqliteHistory({ dir: here.home })
    await history.begin({ run: brandAs<RunId>('live'), pipeline: 'd/d/p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: 1 })
    const following = here.run('runs', 'logs', '-f', 'live')
    setTimeout(() => abort.abort(new Error('SIGINT')), 300)
    expect(await following).toEqual({ code: 130, out: '', err: '' })
    await history.close()
  })

  it('ends with the run when the process that ran it is gone, and shows the run as interrupted', async () => {
    const here = world()
    const history = await sqliteHistory({ dir: here.home })
    const run = brandAs<RunId>('dead')
    await history.begin({ run, pipeline: 'd/d/p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: 1000 })
    const plan = {
      pipeline: { identifier: 'p', name: 'p' },
      stages: [{ kind: 'stage' as const, path: stepPath('s'), name: 's', infrastructure: 'fake', steps: [] }],
    }
    await history.append([
      { run, seq: 1, at: 1000, event: { kind: 'run.started', plan, sequenceId: 1, pipelineFile: 'p.yaml' } },
      { run, seq: 2, at: 2000, event: { kind: 'stage.started', stage: stepPath('s') } },
    ])
    // Closing lets go of the run, as the kernel does for a process that was killed.
    await history.close()
    expect((await here.run('runs', 'logs', '-f', 'dead')).code).toBe(0)
    const shown = await here.run('runs', 'show', 'dead')
    expect(shown.out).toMatch(/^p #1 {2}interrupted\n/)
    expect(shown.out).toContain('■ s')
    expect(JSON.parse((await here.run('runs', 'show', 'dead', '--json')).out)).toMatchObject({ status: 'aborted', outcome: { because: 'shutdown' } })
    expect(JSON.parse((await here.run('runs', 'list', '--json')).out)).toMatchObject([{ status: 'interrupted', finishedAt: 2000 }])
  })

  it('deletes runs by any name, all or none, and never one that is running', async () => {
    const here = await ranThrice()
    const history = await sqliteHistory({ dir: here.home })
    await history.begin({ run: brandAs<RunId>('live'), pipeline: 'd/d/p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: 1 })
    const refused = await here.run('runs', 'delete', 'web#1', 'live')
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('RUN_RUNNING')])
    expect(idsOf((await here.run('runs', '--json')).out).length).toBe(4)
    expect((await here.run('runs', 'delete', 'web#1', 'api#1')).out).toMatch(/removed web#1 .*\nremoved api#1 /)
    await history.close()
    expect(readdirSync(join(here.home, 'logs')).length).toBe(2)
    await here.run('run', 'web.yaml', '--on', 'fake')
    expect((await here.run('runs')).out).toContain('web #3')
  })

  it('prunes what is old beyond the newest of each pipeline, and logs without a run; a dry run only tells', async () => {
    const here = await ranThrice()
    const { writeFileSync, mkdirSync } = await import('node:fs')
    mkdirSync(join(here.home, 'logs', 'stray'))
    writeFileSync(join(here.home, 'logs', 'stray', 'text'), 'x'.repeat(2000))
    const dry = await here.run('runs', 'prune', '--keep', '1', '--dry-run')
    expect(dry.out).toMatch(/^would remove web#1 .*\nwould remove 2.00 KB in 1 log of runs that are not known\nwould remove 1 run\n$/)
    expect(idsOf((await here.run('runs', '--json')).out).length).toBe(3)
    expect((await here.run('runs', 'prune', '--keep', '1', '--older-than', '1d')).out).toMatch(/^removed 2.00 KB .*\nremoved 0 runs\n$/)
    expect(JSON.parse((await here.run('runs', 'prune', '--keep', '1', '--json')).out)).toMatchObject({ dryRun: false, strays: { count: 0 } })
    expect((await here.run('runs')).out).toMatch(/web #2.*\n.*api #1/)
    expect(readdirSync(join(here.home, 'logs')).length).toBe(2)
  })
})

/** `--on fake` through the whole program: the examples, hours in no time, steering from outside, and nothing left but the history. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { steering } from '../../src/adapters/infra/fake/manner.ts'
import { reduceRun } from '../../src/events/reduce-run.ts'
import type { Recorded } from '../../src/events/run-event.ts'
import { emptyView } from '../../src/events/run-view.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

async function fake(file: string, ...more: readonly string[]) {
  const world = testWorld()
  const { code, out, err } = await world.run('run', file, '--on', 'fake', '--output', 'ndjson', ...more)
  const recorded = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
  const view = recorded.reduce(reduceRun, emptyView)
  const statuses = Object.fromEntries([...view.steps.values()].map((step) => [step.path, step.status]))
  return { world, code, err, recorded, view, statuses, ms: (view.finishedAt ?? 0) - (view.startedAt ?? 0) }
}

const minute = 60_000

describe('--on fake', () => {
  it.each(['hello', 'site'])('runs the example %s to its end without doing anything', async (name) => {
    const { world, code, err, view } = await fake(`examples/${name}/pipeline.yaml`)
    expect([code, err, view.outcome]).toEqual([0, '', { kind: 'passed' }])
    expect(readdirSync(world.home).filter((entry) => ['images', 'build', 'stages', 'registry', 'secrets'].includes(entry))).toEqual([])
    const digests = new Set([...view.steps.values()].flatMap((step) => step.delivered.map(({ digest }) => digest)))
    expect(digests.size).toBe(1)
  })

  it('makes the same digests every time', async () => {
    const built = async () => [...(await fake('examples/hello/pipeline.yaml')).view.steps.values()].map((step) => step.built?.digest)
    expect(await built()).toEqual(await built())
  })

  it('lets stages run side by side', async () => {
    const { code, statuses, ms } = await fake('examples/flow/stages.yaml')
    expect([code, ms]).toEqual([0, 4 * minute])
    expect(statuses).toEqual({ 'test/unit': 'passed', 'lint/style': 'passed', 'report/tell': 'passed', 'alarm/ring': 'skipped' })
  })

  it('is steered from outside', async () => {
    const { code, statuses, view } = await fake('examples/flow/stages.yaml', '--var', 'FAKE.unit.EXIT=3', '--var', 'FAKE.style.SLEEP=1h')
    expect(code).toBe(1)
    expect(statuses).toEqual({ 'test/unit': 'failed', 'lint/style': 'passed', 'report/tell': 'passed', 'alarm/ring': 'passed' })
    expect([...view.steps.values()].find((step) => step.path === 'report/tell')?.tail[0]).toBe('test FAILED, lint SUCCEEDED')
  })

  it('unrolls a matrix without what is excluded, two at once, and a loop over what a step gave', async () => {
    const { code, view, ms } = await fake('examples/flow/matrix.yaml')
    expect([code, ms]).toEqual([0, 30 * minute])
    expect([...view.steps.values()].map(({ path, tail }) => [path, tail[0]]).filter(([path]) => String(path).includes('sign'))).toEqual([
      ['build/sign_0', '0 of 2: app-linux-amd64'],
      ['build/sign_1', '1 of 2: app-windows-arm64'],
    ])
    expect([...view.steps.keys()].filter((path) => path.includes('compile'))).toHaveLength(5)
  })

  it('tries again, ignores and limits as failure strategies say', async () => {
    const { code, statuses, view, ms } = await fake('examples/flow/retry.yaml')
    expect([code, ms]).toEqual([0, 70.5 * minute])
    expect(statuses).toEqual({ 'flaky/download': 'passed', 'flaky/lint': 'failed', 'flaky/slow': 'passed', 'flaky/clean': 'passed' })
    expect([...view.steps.values()][0]?.retries).toBe(2)
  })

  it('acts out services, plugins and builds', async () => {
    const { code, statuses, ms } = await fake('examples/flow/background.yaml')
    expect([code, ms, new Set(Object.values(statuses))]).toEqual([0, 8 * minute, new Set(['passed'])])
    const failed = await fake('examples/flow/background.yaml', '--var', 'FAKE.image.EXIT=7', '--var', 'FAKE.notify.OUTPUT=unseen')
    expect([failed.code, failed.statuses['ship/image'], failed.statuses['ship/release/hub']]).toEqual([1, 'failed', 'skipped'])
    expect(failed.view.outcome).toMatchObject({ kind: 'failed', exit: { code: 7 } })
  })

  it('keeps the run in the history, and shows there what was seen', async () => {
    const { world, view } = await fake('examples/flow/retry.yaml')
    const [run] = JSON.parse((await world.run('runs', 'list', '--json')).out) as { sequenceId: number; status: string }[]
    expect(run).toMatchObject({ sequenceId: 1, status: 'passed' })
    const shown = JSON.parse((await world.run('runs', 'show', 'last', '--json')).out) as { steps: { path: string; retries: number }[] }
    expect(shown.steps.map(({ path, retries }) => [path, retries])).toEqual([...view.steps.values()].map(({ path, retries }) => [path, retries]))
  })

  it('refuses steering that means nothing', async () => {
    const { code, view } = await fake('examples/flow/stages.yaml', '--var', 'FAKE.unit.EXITS=3')
    expect(code).toBe(1)
    expect(view.outcome).toMatchObject({ kind: 'errored', problem: { code: 'FAKE_STEERING', message: expect.stringContaining('did you mean "FAKE_EXIT"?') } })
  })

  it('has a secret and a connector for everything that asks', async () => {
    const step = { identifier: 'a', name: 'a', type: 'Run', spec: { command: 'x', envVariables: { FAKE_OUTPUT: 'is <+secrets.getValue("account.token")>' } } }
    const stage = { identifier: 's', name: 's', type: 'CI', spec: { platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: [{ step }] } } }
    const project = tempProject({ 'p.yaml': JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }) })
    const { code, view } = await fake(join(project.dir, 'p.yaml'))
    expect([code, [...view.steps.values()][0]?.tail[0]]).toEqual([0, 'is ********'])
  })

  it('is documented: each variable is in docs/fake.md', () => {
    const page = readFileSync('docs/fake.md', 'utf8')
    for (const [name, about] of Object.entries(steering)) expect(page).toContain(`| \`${name}\` | ${about} |`)
  })
})

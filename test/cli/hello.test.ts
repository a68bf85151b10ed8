/** The hello example through the whole program: real processes, real archive, real HTTP to two registries, real history. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { viewJson } from '../../src/cli/runs/view-of-run.ts'
import { reduceRun } from '../../src/events/reduce-run.ts'
import type { Recorded } from '../../src/events/run-event.ts'
import { emptyView } from '../../src/events/run-view.ts'
import { composeWorld } from '../../src/main/compose-world.ts'
import { testWorld } from '../support/test-world.ts'

const hello = 'examples/hello/pipeline.yaml'

function events(ndjson: string): readonly Recorded[] {
  return ndjson
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Recorded)
}

describe('the hello example', () => {
  it('builds once, pushes to two registries, and finds one digest in both', async () => {
    const world = testWorld()
    const { code, out, err } = await world.run('run', hello)
    expect(err).toBe('')
    expect(code).toBe(0)
    expect(out).toContain('one digest')
    const [digest] = /sha256:[0-9a-f]{64}/.exec(out) ?? []
    const { tools, signal } = composeWorld(new AbortController().signal)
    for (const name of ['hub', 'ghcr']) {
      const server = await tools.registryServer({ host: '127.0.0.1', port: 0, data: join(world.home, 'registry', name) })
      const answer = await fetch(`${server.url}/v2/acme/hello/manifests/1`, { method: 'HEAD', signal })
      expect(answer.headers.get('docker-content-digest')).toBe(digest)
      await server.close()
    }
    expect(readdirSync(join(world.home, 'stages'))).toEqual([])
  })

  it('shows the same when it is told again from history, and counts its runs', async () => {
    const world = testWorld()
    const live = await world.run('run', hello, '--output', 'ndjson')
    const recorded = events(live.out)
    const view = recorded.reduce(reduceRun, emptyView)
    const shown = await world.run('runs', 'show', 'last', '--json')
    expect(JSON.parse(shown.out)).toEqual(JSON.parse(JSON.stringify(viewJson(view))))
    await world.run('run', hello)
    const list = JSON.parse((await world.run('runs', 'list', '--json')).out) as { sequenceId: number; status: string }[]
    expect(list.map((run) => [run.sequenceId, run.status])).toEqual([
      [2, 'passed'],
      [1, 'passed'],
    ])
    expect((await world.run('runs', 'logs', 'hello#1')).out).toContain('hello from run 1')
  })

  it('is planned without being run, twice with the same bytes', async () => {
    const world = testWorld()
    const [a, b] = [await world.run('plan', hello, '--json'), await world.run('plan', hello, '--json')]
    expect(a.code).toBe(0)
    expect(a.out).toBe(b.out)
    expect(JSON.parse(a.out)).toMatchObject({ version: 1, pipeline: { identifier: 'hello' } })
    expect((await world.run('plan', hello)).out).toContain('push to ghcr.io/acme/hello:1')
    expect(readdirSync(world.home)).toEqual([])
  })
})

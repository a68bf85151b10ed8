import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { basicAuth } from '../../src/registry/server/access-rule.ts'
import { fault } from '../../src/registry/server/reply.ts'
import { configText, dockerConnector, imagePipeline } from '../support/image-pipeline.ts'
import { embeddedRegistry } from '../support/registry/embedded.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

function project() {
  const made = tempProject({
    '.slipway/config.yaml': 'hosts:\n  - {match: docker.io, endpoint: embedded:hub}\n',
    'ctx/Dockerfile': 'FROM scratch\nCOPY a.txt /\n',
    'ctx/a.txt': 'hello',
  })
  return { ...made, world: testWorld({ cwd: made.dir }) }
}

describe('the cache of a pipeline', () => {
  /** One run on a machine of its own, as the user `ann` with the step's connector. */
  async function machine(spec: object, registry: string, env?: Record<string, string>) {
    const files = { Dockerfile: 'FROM scratch\nCOPY a.txt /\n', 'a.txt': 'hello' }
    const pipeline = imagePipeline({ spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], ...spec }, ...(env !== undefined && { env }) })
    const hosts = [{ match: 'docker.io', endpoint: `http://${registry}` }]
    const connectors = { hub: dockerConnector('https://index.docker.io/v1/', 'ann') }
    const { dir } = tempProject({ ...files, 'p.yaml': pipeline, '.slipway/config.yaml': configText(connectors, hosts) })
    const run = await slipwayHere(dir, { SLIPWAY_SECRET_PW_ANN: 'secret' }, 'run', 'p.yaml', '--on', 'local', '--output', 'ndjson')
    return { ...run, cached: Number(/"kind":"image.built"[^\n]*"cached":(\d+)/.exec(run.out)?.[1] ?? -1) }
  }

  it.each([
    ['remoteCacheRepo', { remoteCacheRepo: 'acme/cache' }, undefined],
    ['cacheFrom and cacheTo', { cacheFrom: ['type=registry,ref=acme/kept'], cacheTo: 'type=registry,ref=acme/kept,mode=max' }, undefined],
    ['PLUGIN_CACHE_FROM and PLUGIN_CACHE_TO', {}, { PLUGIN_CACHE_FROM: 'type=registry,ref=acme/env', PLUGIN_CACHE_TO: 'type=registry,ref=acme/env' }],
    ['kaniko’s switch', {}, { PLUGIN_ENABLE_CACHE: 'true', PLUGIN_CACHE_COPY_LAYERS: 'true' }],
  ])('%s: a cold build without a failure, then all of it from the registry, with the login of the connector', async (_name, spec, env) => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 'secret' }) })
    const first = await machine(spec, registry, env)
    expect([first.code, first.cached]).toEqual([0, 0])
    const second = await machine(spec, registry, env)
    expect([second.code, second.cached]).toEqual([0, 1])
  })

  it.each([
    ['PLUGIN_ENABLE_CACHE alone, as kaniko has it', { PLUGIN_ENABLE_CACHE: 'true' }],
    ['PLUGIN_CACHE_COPY_LAYERS: false', { PLUGIN_CACHE_FROM: 'acme/c', PLUGIN_CACHE_TO: 'type=registry,ref=acme/c', PLUGIN_CACHE_COPY_LAYERS: 'false' }],
  ])('%s shares no layers of COPY', async (_name, env) => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 'secret' }) })
    await machine({}, registry, env)
    const second = await machine({}, registry, env)
    expect([second.code, second.cached]).toEqual([0, 0])
  })

  it('PLUGIN_CACHE_DIR: a folder that outlives the machine', async () => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 'secret' }) })
    const folder = join(tempProject().dir, 'kept')
    const env = { PLUGIN_CACHE_DIR: folder, PLUGIN_CACHE_COPY_LAYERS: 'true' }
    const cached = [(await machine({}, registry, env)).cached, (await machine({}, registry, env)).cached]
    expect(cached).toEqual([0, 1])
    expect((await machine({}, registry, { ...env, PLUGIN_CACHE_DIR: `${folder}2`, PLUGIN_NO_PUSH_CACHE: 'true' })).code).toBe(0)
    expect(existsSync(`${folder}2`)).toBe(false)
  })

  it('a place that refuses is a note, not a failure, whoever named it', async () => {
    const users = basicAuth({ ann: 'secret' })
    const denied = fault('DENIED', 'not for you')
    const { registry } = await embeddedRegistry({ auth: (asker) => users(asker) ?? (asker.path.includes('/denied') ? denied : undefined) })
    for (const spec of [{ remoteCacheRepo: 'acme/denied' }, { cacheFrom: ['acme/denied'], cacheTo: 'type=registry,ref=acme/denied' }]) {
      const run = await machine(spec, registry)
      expect(run.code).toBe(0)
      for (const code of ['CACHE_IMPORT_FAILED', 'CACHE_EXPORT_FAILED']) expect(run.out).toContain(code)
    }
    const strict = await machine({ cacheTo: 'type=registry,ref=acme/denied,ignore-error=false' }, registry)
    expect(strict.code).toBe(1)
  })

  it('writes nothing to a registry for a step that does not push, but what cacheTo names', async () => {
    const asked: string[] = []
    const { registry } = await embeddedRegistry({ auth: ({ method, path }) => void (method === 'GET' || method === 'HEAD' || asked.push(path)) })
    expect((await machine({ remoteCacheRepo: 'acme/cache' }, registry, { PLUGIN_NO_PUSH: 'true', PLUGIN_CACHE_COPY_LAYERS: 'true' })).code).toBe(0)
    expect(asked).toEqual([])
    expect((await machine({ caching: true }, registry, { PLUGIN_NO_PUSH: 'true' })).code).toBe(0)
    expect(asked).toEqual([])
    expect((await machine({ cacheTo: 'type=registry,ref=acme/kept' }, registry, { PLUGIN_NO_PUSH: 'true' })).code).toBe(0)
    expect(asked.filter((path) => !path.includes('/acme/kept/'))).toEqual([])
    expect(asked).not.toEqual([])
  })

  it('is told of in a file, from a build that fails as well', async () => {
    const out = tempProject()
    const env = { PLUGIN_NO_PUSH: 'true', PLUGIN_CACHE_METRICS_FILE: out.path('metrics.json') }
    const { dir } = tempProject({
      'p.yaml': imagePipeline(
        { spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'] }, env },
        {
          spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], dockerfile: 'Wrong' },
          env: { ...env, PLUGIN_CACHE_METRICS_FILE: out.path('wrong.json') },
        },
      ),
      '.slipway/config.yaml': configText({ hub: dockerConnector('https://index.docker.io/v1/') }),
      Dockerfile: 'FROM scratch\nCOPY a.txt /\nCOPY a.txt /b\n',
      Wrong: 'FROM scratch\nCOPY a.txt /\nCOPY none /b\n',
      'a.txt': 'hello',
    })
    const run = await slipwayHere(dir, {}, 'run', 'p.yaml', '--on', 'local', '--output', 'ndjson')
    expect(run.code).toBe(1)
    const told = (name: string) => JSON.parse(readFileSync(out.path(name), 'utf8')) as object
    expect(told('metrics.json')).toMatchObject({ total_layers: 3, done: 3, cached: 0, error: 0, canceled: 0, layers: { 1: { status: 'DONE' } } })
    expect(told('wrong.json')).toMatchObject({ total_layers: 2, error: 1, layers: { 2: { status: 'ERROR', time: expect.any(Number) } } })
  })

  it('is in the plan: a named repository goes before caching', async () => {
    const pipeline = imagePipeline({ spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], caching: true, remoteCacheRepo: 'acme/cache' } })
    const { dir } = tempProject({ 'p.yaml': pipeline, Dockerfile: 'FROM scratch\n' })
    const { out } = await slipwayHere(dir, {}, 'plan', 'p.yaml', '--on', 'local')
    expect(out).toContain('cache from registry acme/cache (the named repository goes before caching)\n')
    expect(out).toContain('cache to registry acme/cache\n')
  })

  it('another kind of cache is said and left out', async () => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 'secret' }) })
    const run = await machine({ cacheFrom: ['type=s3,bucket=b,region=r'] }, registry)
    expect([run.code, run.out.includes('CACHE_TYPE_UNKNOWN')]).toEqual([0, true])
  })
})

describe('the build cache on the command line', () => {
  it('is exchanged through a registry and a folder, and explained', async () => {
    const { world, dir } = project()
    const { registry } = await embeddedRegistry()
    const places = ['--cache-to', `type=registry,ref=${registry}/acme/cache,mode=max`, '--cache-to', 'type=local,dest=kept']
    expect((await world.run('build', ...places, 'ctx')).code).toBe(0)
    for (const [from, shown] of [
      [`${registry}/acme/cache`, `${registry}/acme/cache:latest`],
      ['type=local,src=kept', `${dir}/kept`],
    ] as const) {
      const built = await testWorld({ cwd: dir }).run('build', '--progress', 'plain', '--explain-cache', '--cache-from', from, 'ctx')
      expect(built.err).toContain(`COPY a.txt /: cached, from ${shown}\n`)
      const told = await testWorld({ cwd: dir }).run('build', '--progress', 'json', '--explain-cache', '--cache-from', from, 'ctx')
      expect(told.err).toContain(`"kind":"cache","title":"[1/1] COPY a.txt /","fate":"hit","from":"${shown}"`)
    }
    expect((await world.run('build', '--cache-to', 'type=gha', 'ctx')).err).toContain('CACHE_TYPE_UNKNOWN')
  })

  it('tells of its size and is taken away, dry or for real, under both names', async () => {
    const { world } = project()
    await world.run('build', '-t', 'acme/app', 'ctx')
    expect((await world.run('cache', 'du')).out).toMatch(/^record +\d+ +\d+ B\n.* in all; layers that images with a name need are not counted\n$/)
    await world.run('images', 'rm', 'acme/app')
    const rows = JSON.parse((await world.run('builder', 'du', '--json')).out) as { items: { kind: string }[] }
    expect(rows.items.filter(({ kind }) => kind === 'layer')).toHaveLength(1)
    expect((await world.run('cache', 'prune', '--keep-storage', 'much')).err).toContain('CACHE_LIMIT_INVALID')
    expect((await world.run('cache', 'prune', '--filter', 'until=soon')).err).toContain('CACHE_LIMIT_INVALID')
    expect((await world.run('cache', 'prune', '--all', '--dry-run')).out).toMatch(/would free|stay/)
    expect((await world.run('builder', 'prune', '-a', '-f')).code).toBe(0)
  })
})

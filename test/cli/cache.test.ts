import { describe, expect, it } from 'vitest'
import { embeddedRegistry } from '../support/registry/embedded.ts'
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

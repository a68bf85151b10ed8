import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const hosts =
  'hosts:\n  - {match: docker.io, endpoint: embedded:hub}\n  - {match: ghcr.io, endpoint: embedded:ghcr}\n  - {match: down.example, endpoint: "http://127.0.0.1:1"}\n'

function project() {
  const files = {
    '.slipway/config.yaml': hosts,
    'ctx/Dockerfile': 'FROM scratch AS one\nARG WHO\nLABEL who=$WHO\nCOPY a.txt /\nFROM one\nCMD ["/a.txt"]\n',
    'ctx/a.txt': 'hello',
  }
  const made = tempProject(files)
  return { ...made, world: testWorld({ cwd: made.dir, env: { WHO: 'from the environment' } }) }
}

const digestOf = (text: string): string => /sha256:[0-9a-f]{64}/.exec(text)?.[0] ?? 'none'

describe('images on the command line', () => {
  it('are built without a daemon, named, listed, inspected and removed', async () => {
    const { world, read } = project()
    const built = await world.run('build', '-t', 'acme/app:1', '--build-arg', 'WHO', '--label', 'a=b', '--iidfile', 'id', 'ctx')
    expect([built.code, built.out]).toEqual([0, expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/)])
    expect(read('id')).toMatch(/^sha256:/)
    expect((await world.run('images')).out).toContain('acme/app:1')
    const shown = JSON.parse((await world.run('inspect', 'acme/app:1', '--json')).out) as {
      digest: string
      config: { config: { Labels: object; Cmd: string[] } }
    }
    expect(shown.digest).toBe(built.out.trim())
    expect(shown.config.config).toMatchObject({ Labels: { who: 'from the environment', a: 'b' }, Cmd: ['/a.txt'] })
    expect((await world.run('images', 'rm', 'acme/app:1')).code).toBe(0)
    expect((await world.run('images', 'rm', 'acme/app:1')).err).toContain('IMAGE_NOT_STORED')
    expect((await world.run('images')).out).toContain('no images')
  })

  it('keep one digest from archive to registries and back', async () => {
    const { world } = project()
    const digest = digestOf((await world.run('build', '-t', 'acme/app:1', '-o', 'type=docker,dest=out/app.tar', 'ctx')).out)
    const pushed = await world.run('push', 'out/app.tar', 'acme/app:1', 'ghcr.io/acme/app:1', 'ghcr.io/acme/app:2', '--json')
    expect((JSON.parse(pushed.out) as { digest: string; result: string }[]).map((one) => [one.digest, one.result])).toEqual(
      Array(3).fill([digest, 'delivered']),
    )
    const copied = await world.run('copy', 'ghcr.io/acme/app:2', 'docker.io/other/app:9')
    expect(digestOf(copied.out)).toBe(digest)
    const pulled = await world.run('pull', 'docker.io/other/app:9', 'back.tar')
    expect(digestOf(pulled.out)).toBe(digest)
    expect((await world.run('inspect', 'back.tar')).out).toContain(digest)
    expect((await world.run('push', 'back.tar', 'acme/app:1', '--skip-existing')).out).toContain('left alone')
  })

  it('come through an embedded registry that is a mirror, and from the registry itself when it has none', async () => {
    const { world, write } = project()
    await world.run('build', '-t', 'ghcr.io/acme/app:1', '--push', 'ctx')
    write({ '.slipway/config.yaml': 'hosts:\n  - {match: far.example, mirrors: ["embedded:ghcr"], endpoint: "embedded:hub"}\n' })
    const mirrored = await world.run('pull', 'far.example/acme/app:1')
    expect([mirrored.code, mirrored.err]).toEqual([0, ''])
    expect((await world.run('push', 'far.example/acme/app:1', 'far.example/acme/own:1')).err).toBe('')
    expect((await world.run('inspect', 'far.example/acme/own:1')).code).toBe(0)
    expect((await world.run('pull', 'far.example/acme/none:1')).err).toContain('REGISTRY_NOT_FOUND')
  })

  it('try every target, and say which one failed', async () => {
    const { world } = project()
    await world.run('build', '-t', 'acme/app:1', 'ctx')
    const pushed = await world.run('push', 'acme/app:1', 'down.example/acme/app:1', 'ghcr.io/acme/app:1')
    expect(pushed.code).toBe(1)
    expect(pushed.err).toContain('down.example')
    expect(pushed.out).toContain('ghcr.io/acme/app:1')
  }, 60_000)

  it('refuse a wrong reference, output or Dockerfile before anything happens', async () => {
    const { world } = project()
    expect((await world.run('push', 'ctx', 'Acme/App:1')).err).toContain('REF_INVALID')
    expect((await world.run('build', '--push', 'ctx')).err).toContain('BUILD_TAG_NEEDED')
    expect((await world.run('build', '-o', 'type=floppy', 'ctx')).err).toContain('BUILD_OUTPUT_UNKNOWN')
    expect((await world.run('build', '-f', 'nowhere', 'ctx')).err).toContain('FILE_UNREADABLE')
    expect((await world.run('inspect', 'nobody/nothing:1')).err).toContain('REGISTRY_NOT_FOUND')
  })
})

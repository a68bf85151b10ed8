/** `slipway mutate` and `slipway rebase`: new images without a build, the old ones untouched. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { assembleIndex } from '../../src/oci/assemble.ts'
import { appendLayers } from '../../src/oci/mutate.ts'
import { randomImage, randomLayer } from '../../src/oci/random-image.ts'
import type { Image } from '../../src/oci/views.ts'
import { gnuTar } from '../support/gnu-tar.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const hosts = 'hosts:\n  - {match: docker.io, endpoint: embedded:hub}\n  - {match: down.example, endpoint: "http://127.0.0.1:1"}\n'
const o = { signal: new AbortController().signal, durability: 'fast' } as const

function start() {
  const project = tempProject({ '.slipway/config.yaml': hosts, 'files/hello.txt': 'hello' })
  const world = testWorld({ cwd: project.dir })
  const archive = (name: string, view: Parameters<typeof writeArchive>[1][number]['view']) => writeArchive(project.path(name), [{ view, refs: [] }], o)
  const inspect = async (...args: string[]) => JSON.parse((await world.run('inspect', ...args, '--json')).out)
  return { project, world, archive, inspect }
}

const on = async (base: Image, seed: number) => appendLayers(base, [{ layer: await randomLayer({ seed, bytes: 100 }), history: { created_by: 'own' } }])

describe('slipway mutate', () => {
  it('changes how containers start, labels and annotations; layers and source stay', async () => {
    const { world, archive, inspect } = start()
    const image = await randomImage()
    await archive('app.tar', image)
    const words = [
      '-l',
      'a=b',
      '-e',
      'PATH=/usr/bin',
      '-e',
      'NEW=1',
      '--entrypoint',
      '["/bin/app", "x y"]',
      '--cmd',
      'serve now',
      '-u',
      '1000',
      '-w',
      '/srv',
      '-a',
      'k=v',
    ]
    const made = await world.run('mutate', 'app.tar', 'acme/app:2', '-t', 'acme/app:kept', ...words)
    expect([made.code, made.err]).toEqual([0, ''])
    const [kept, pushed] = made.out.split('\n')
    expect([kept, pushed]).toEqual([expect.stringContaining('in the image store'), expect.stringContaining('acme/app:2')])
    const { manifest, config, digest } = await inspect('acme/app:kept')
    expect((await inspect('docker.io/acme/app:2')).digest).toBe(digest)
    expect(manifest.layers).toEqual((await image.manifest()).layers)
    expect(manifest.annotations).toEqual({ k: 'v' })
    expect(config.config).toMatchObject({
      Labels: { seed: '1', a: 'b' },
      Env: ['PATH=/usr/bin', 'NEW=1'],
      Entrypoint: ['/bin/app', 'x y'],
      Cmd: ['serve', 'now'],
      User: '1000',
      WorkingDir: '/srv',
    })
    expect((await inspect('app.tar')).digest).toBe(await image.digest())
  })

  it.each(['plain', 'gzip', 'zstd'])('appends a tar file, %s', gnuTar, async (form) => {
    const { project, world, archive, inspect } = start()
    await archive('app.tar', await randomImage({ layers: 1 }))
    const flags = { plain: [], gzip: ['--gzip'], zstd: ['--zstd'] }[form] ?? []
    execFileSync('tar', ['-C', project.path('files'), ...flags, '-cf', project.path('more.tar'), 'hello.txt'])
    expect((await world.run('mutate', 'app.tar', '-t', 'acme/more:1', '--append', 'more.tar')).err).toBe('')
    const { manifest, config } = await inspect('acme/more:1')
    expect([manifest.layers.length, config.rootfs.diff_ids.length]).toEqual([2, 2])
    expect(manifest.layers[1].mediaType).toMatch(form === 'zstd' ? /\+zstd$/ : /\+gzip$/)
    expect(config.history.at(-1).created_by).toContain('more.tar')
  })

  it('gives one time to everything, for equal digests from equal files', async () => {
    const { world, archive, inspect } = start()
    await archive('app.tar', await randomImage())
    for (const tag of ['1', '2']) expect((await world.run('mutate', 'app.tar', '-t', `acme/timed:${tag}`, '--created', '1704067200')).err).toBe('')
    const [one, two] = [await inspect('acme/timed:1'), await inspect('acme/timed:2')]
    expect([one.digest, one.config.created]).toEqual([two.digest, '2024-01-01T00:00:00Z'])
  })

  it('changes every image of an index, or the one that is asked for', async () => {
    const { world, archive, inspect } = start()
    const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }))
    const children = await Promise.all(platforms.map(async (platform, seed) => ({ view: await randomImage({ seed, platform }), platform })))
    await archive('multi.tar', await assembleIndex({ format: 'oci', children, annotations: { of: 'index' } }))
    expect((await world.run('mutate', 'multi.tar', '-t', 'acme/multi:1', '-l', 'x=y')).err).toBe('')
    expect((await inspect('acme/multi:1')).children.map((one: { platform: string }) => one.platform)).toEqual(['linux/amd64', 'linux/arm64'])
    expect((await inspect('acme/multi:1', '--platform', 'linux/arm64')).config.config.Labels).toMatchObject({ x: 'y' })
    expect((await world.run('mutate', 'multi.tar', '-t', 'acme/one:1', '-l', 'x=y', '--platform', 'arm64')).err).toBe('')
    expect((await inspect('acme/one:1')).kind).toBe('image')
  })

  it('says what is missing or wrong before it begins, and which target failed', async () => {
    const { project, world, archive } = start()
    await archive('app.tar', await randomImage())
    expect((await world.run('mutate', 'app.tar')).err).toContain('CHANGE_TARGET_NEEDED')
    expect((await world.run('mutate', 'app.tar', '-t', 'a:1', '--created', 'soon')).err).toContain('AMOUNT_INVALID')
    expect((await world.run('mutate', 'app.tar', '-t', 'a:1', '--append', 'none.tar')).err).toContain('FILE_UNREADABLE')
    project.write({ 'text.tar': 'this is no tar at all'.repeat(100) })
    expect((await world.run('mutate', 'app.tar', '-t', 'a:1', '--append', 'text.tar')).err).toContain('TAR_CORRUPT')
    const failed = await world.run('mutate', 'app.tar', 'down.example/a:1', 'acme/a:1', '-l', 'x=y')
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('acme/a:1')])
  }, 60_000)
})

describe('slipway rebase', () => {
  it('puts the layers of an image on another base', async () => {
    const { world, archive, inspect } = start()
    const [old, fresh] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2, layers: 3 })]
    const app = await on(old, 77)
    await Promise.all([archive('old.tar', old), archive('new.tar', fresh), archive('app.tar', app)])
    expect((await world.run('rebase', 'app.tar', '--old-base', 'old.tar', '--new-base', 'new.tar', '-t', 'acme/rebased:1')).err).toBe('')
    const { config } = await inspect('acme/rebased:1')
    const own = (await app.config()).rootfs.diff_ids.at(-1)
    expect(config.rootfs.diff_ids).toEqual([...(await fresh.config()).rootfs.diff_ids, own])
  })

  it('refuses an image that is not made from the old base', async () => {
    const { world, archive } = start()
    for (const [name, seed] of [
      ['old', 1],
      ['new', 2],
      ['app', 3],
    ] as const)
      await archive(`${name}.tar`, await randomImage({ seed }))
    const { code, err } = await world.run('rebase', 'app.tar', '--old-base', 'old.tar', '--new-base', 'new.tar', '-t', 'acme/x:1')
    expect([code, err]).toEqual([1, expect.stringContaining('not made from the old base')])
  })
})

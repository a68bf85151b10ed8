/** `docker-daemon:NAME:TAG` on the command line, against an engine that answers as real ones do. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fakeEngine } from '../../src/docker-api/fake-engine.testing.ts'
import { writeArchive } from '../../src/media/write-archive.ts'
import { assembleIndex } from '../../src/oci/assemble.ts'
import { gnuTar } from '../support/gnu-tar.ts'
import { madeImage } from '../support/made-image.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const hosts = 'hosts:\n  - {match: docker.io, endpoint: embedded:hub}\n  - {match: down.example, endpoint: "http://127.0.0.1:1"}\n'
const name = 'docker-daemon:acme/app:1'

async function start(o: Parameters<typeof fakeEngine>[0] = {}) {
  const engine = await fakeEngine(o)
  const project = tempProject({ '.slipway/config.yaml': hosts })
  const image = await madeImage([{ files: { one: '1' } }, { files: { two: '2' }, compression: 'zstd' }])
  await writeArchive(project.path('app.tar'), [{ view: image, refs: [] }], { signal: new AbortController().signal, durability: 'fast' })
  return { engine, project, image, digest: await image.digest(), world: testWorld({ cwd: project.dir, env: { DOCKER_HOST: engine.host } }) }
}

describe('the Docker Engine as target and source', () => {
  it('gets an image beside registries, and gives it back with its digest', async () => {
    const { world, digest, engine } = await start()
    const pushed = await world.run('push', 'app.tar', name, 'acme/app:1')
    expect([pushed.code, pushed.err]).toEqual([0, ''])
    expect(pushed.out.split('\n')[0]).toBe(`${name}  ${digest}  loaded`)
    expect(pushed.out).toContain('docker.io/acme/app:1')
    expect(engine.images.size).toBe(1)

    const inspected = JSON.parse((await world.run('inspect', name, '--json')).out)
    expect(inspected).toMatchObject({ source: 'docker-daemon', name, digest })
    expect((await world.run('copy', name, 'acme/copied:1')).out).toContain(digest)
    expect((await world.run('pull', name)).out).toContain('in the image store')
    expect((await world.run('images')).out).toContain('acme/app:1')
    expect((await world.run('pull', 'acme/copied:1', name)).out).toContain(`in ${name}`)
    expect(readdirSync(`${world.home}/images/ingest`)).toEqual([])
  })

  it('is sent plain layers in the place of zstd when it is older than Docker 23', async () => {
    const { world, image, engine } = await start({ api: '1.41' })
    expect((await world.run('push', 'app.tar', name)).code).toBe(0)
    const { manifest } = JSON.parse((await world.run('inspect', name, '--json')).out)
    const { layers, config } = await image.manifest()
    expect(manifest.config.digest).toBe(config.digest)
    expect(layers.map((layer) => layer.mediaType.split('.tar')[1])).toEqual(['+gzip', '+zstd'])
    const archive = engine.images.get('acme/app:1')?.toString('latin1') ?? ''
    expect([archive.includes('tar+zstd'), archive.includes('"application/vnd.oci.image.layer.v1.tar"')]).toEqual([false, true])
  })

  it('gives the platform that it has of an index that it pulled in part', gnuTar, async () => {
    const { world, engine, image, project } = await start()
    const platforms = [
      { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch },
      { os: 'linux', architecture: 's390x' },
    ]
    const far = await madeImage([{ files: { far: 'away' } }])
    const children = [image, far].map((view, i) => ({ view, ...(platforms[i] !== undefined && { platform: platforms[i] }) }))
    await writeArchive(project.path('all.tar'), [{ view: await assembleIndex({ format: 'oci', children }), refs: [] }], {
      signal: new AbortController().signal,
      durability: 'fast',
    })
    engine.images.set('acme/app:1', readFileSync(project.path('all.tar')))
    expect(JSON.parse((await world.run('inspect', name, '--json')).out)).toMatchObject({ kind: 'index' })
    execFileSync('tar', ['-f', project.path('all.tar'), '--delete', `blobs/${(await far.digest()).replace(':', '/')}`, 'manifest.json'])
    engine.images.set('acme/app:1', readFileSync(project.path('all.tar')))
    expect(JSON.parse((await world.run('inspect', name, '--json')).out)).toMatchObject({ kind: 'image', digest: await image.digest() })
  })

  it('leaves what exists alone when told so', async () => {
    const { world, engine } = await start()
    await world.run('push', 'app.tar', name)
    const loads = engine.requests.filter((line) => line.includes('/images/load')).length
    expect((await world.run('push', 'app.tar', name, '--skip-existing')).out).toContain('left alone')
    expect(engine.requests.filter((line) => line.includes('/images/load')).length).toBe(loads)
  })

  it('fails alone: other targets get the image, and the message says where nobody answered', async () => {
    const { project, digest } = await start()
    const world = testWorld({ cwd: project.dir, env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })
    const pushed = await world.run('push', 'app.tar', name, 'acme/app:1', '--json')
    expect(pushed.code).toBe(1)
    expect(JSON.parse(pushed.out)).toMatchObject([
      { ref: name, result: 'failed', code: 'DOCKER_UNREACHABLE', message: expect.stringContaining('unix:///nowhere/docker.sock') },
      { ref: 'docker.io/acme/app:1', result: 'delivered', digest },
    ])
    expect((await world.run('inspect', name)).err).toContain('no such socket')
  })

  it('is told apart from names that are wrong before anything is sent', async () => {
    const { world, engine, digest } = await start()
    expect((await world.run('push', 'app.tar', 'docker-daemon:UPPER', name)).err).toContain('REF_INVALID')
    expect(engine.requests).toEqual([])
    expect((await world.run('push', 'app.tar', `docker-daemon:${digest}`)).err).toContain('DOCKER_NAME_NEEDED')
    expect((await world.run('inspect', 'docker-daemon:acme/none:1')).err).toContain('DOCKER_NO_SUCH_IMAGE')
  })

  it('with TLS needs its certificates', async () => {
    const { project } = await start()
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: project.path('certs') }
    const world = testWorld({ cwd: project.dir, env })
    expect((await world.run('inspect', name)).err).toContain('ca.pem')
  })
})

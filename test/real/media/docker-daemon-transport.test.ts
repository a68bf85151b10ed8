/** `docker-daemon:NAME:TAG` against a real Docker Engine: over its socket, and over TCP with TLS and client certificates; docker load of our archive. */
import { mkdirSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import { madeImage } from '../../support/made-image.ts'
import { real } from '../../support/real.ts'
import { freePort } from '../../support/real-process.ts'
import { needs, promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { testWorld } from '../../support/test-world.ts'
import { type Authority, makeAuthority } from '../registry/certificates.ts'
import { mustRun } from '../support/run-program.ts'
import { type DockerDaemon, startDockerDaemon } from './docker-daemon.ts'

const daemonProgram = real('dockerd', { apt: 'docker.io' })
const docker = real('docker', { apt: 'docker.io' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const missing = [daemonProgram, docker, openssl].find((program) => program.missing !== undefined)?.missing
const able = missing === undefined && process.getuid?.() === 0
const hosts = 'hosts:\n  - {match: docker.io, endpoint: embedded:hub}\n'
const ref = parseRef('acme/app:1')
const refs = ref.ok ? [ref.value] : []

describe('docker-daemon:', promised('ci', needs(able, missing ?? 'dockerd needs root')), () => {
  let daemon: DockerDaemon
  let authority: Authority
  let project: TempProject
  let address: string
  beforeAll(async () => {
    project = tempProject({ '.slipway/config.yaml': hosts })
    authority = makeAuthority(openssl.path)
    const server = authority.issue('server')
    const mine = authority.issue('me')
    mkdirSync(project.path('certs'))
    for (const [name, text] of Object.entries({ 'ca.pem': authority.cert, 'cert.pem': mine.cert, 'key.pem': mine.key })) {
      writeFileSync(project.path('certs', name), text)
    }
    address = `tcp://127.0.0.1:${await freePort()}`
    const tls = ['--tlsverify', '--tlscacert', authority.certFile, '--tlscert', server.certFile, '--tlskey', server.keyFile]
    daemon = await startDockerDaemon(daemonProgram.path, ['-H', address, ...tls])
  }, 60_000)
  afterAll(async () => {
    await daemon?.stop()
    authority?.remove()
    project?.remove()
  })

  const image = (compression: 'gzip' | 'zstd' | 'none' = 'gzip') => madeImage([{ files: { 'etc/one': compression }, compression }, { files: { two: '2' } }])
  const inspect = async (name: string) =>
    JSON.parse(await mustRun(docker.path, ['-H', daemon.host, 'inspect', name])) as { Id: string; RootFS: { Layers: string[] } }[]

  it.each(['gzip', 'zstd', 'none'] as const)('takes an image with layers in %s, and gives it to a registry and the image store', async (compression) => {
    const made = await image(compression)
    await writeArchive(project.path('app.tar'), [{ view: made, refs }], { signal: new AbortController().signal, durability: 'fast' })
    const world = testWorld({ cwd: project.dir, env: { DOCKER_HOST: daemon.host } })
    const name = `docker-daemon:acme/app:${compression}`
    const pushed = await world.run('push', 'app.tar', name)
    expect([pushed.code, pushed.err]).toEqual([0, ''])
    const id = digestOf(await made.configBytes())
    expect(await inspect(`acme/app:${compression}`)).toMatchObject([{ Id: id, RootFS: { Layers: (await made.config()).rootfs.diff_ids } }])

    expect((await world.run('copy', name, 'acme/back:1')).err).toBe('')
    expect((await world.run('pull', name)).err).toBe('')
    expect((await world.run('inspect', `docker-daemon:${id}`)).err).toBe('')
    for (const source of [name, `acme/app:${compression}`, 'acme/back:1']) {
      const { manifest } = JSON.parse((await world.run('inspect', source, '--json')).out) as { manifest: { config: { digest: string } } }
      expect(manifest.config.digest).toBe(id)
    }
  })

  it('speaks TLS with client certificates, as docker does with the same variables', async () => {
    const env = { DOCKER_HOST: address, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: project.path('certs') }
    const world = testWorld({ cwd: project.dir, env })
    await writeArchive(project.path('tls.tar'), [{ view: await image(), refs }], { signal: new AbortController().signal, durability: 'fast' })
    expect((await world.run('push', 'tls.tar', 'docker-daemon:acme/tls:1')).err).toBe('')
    expect(await mustRun(docker.path, ['images', '--quiet', 'acme/tls:1'], { env })).not.toBe('')
    const plain = testWorld({ cwd: project.dir, env: { DOCKER_HOST: address, DOCKER_TLS_VERIFY: '' } })
    expect((await plain.run('inspect', 'docker-daemon:acme/tls:1')).err).toMatch(/DOCKER_(REFUSED|UNREACHABLE)/)
  })

  it('is not needed for docker load, which reads our archive', async () => {
    const made = await image('none')
    await writeArchive(project.path('load.tar'), [{ view: made, refs: refs.map((one) => ({ ...one, tag: 'loaded' })) }], {
      signal: new AbortController().signal,
      durability: 'fast',
    })
    expect(await mustRun(docker.path, ['-H', daemon.host, 'load', '--input', project.path('load.tar')])).toContain('Loaded image: acme/app:loaded')
    expect(await inspect('acme/app:loaded')).toMatchObject([{ Id: digestOf(await made.configBytes()) }])
  })
})

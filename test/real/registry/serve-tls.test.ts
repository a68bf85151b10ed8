/** `slipway registry serve` with a certificate and users: skopeo and slipway log in to it over HTTPS. */
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { real } from '../../support/real.ts'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { testWorld } from '../../support/test-world.ts'
import { mustRun } from '../support/run-program.ts'
import { type Authority, makeAuthority } from './certificates.ts'

const skopeo = real('skopeo', { apt: 'skopeo' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })

describe('slipway registry serve with HTTPS', skopeo.missing === undefined ? openssl.options : skopeo.options, () => {
  let project: TempProject
  let authority: Authority
  let server: RealProcess
  let registry: string
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    const { certFile, keyFile } = authority.issue('server')
    registry = `127.0.0.1:${await freePort()}`
    const auth = Buffer.from('ann:s3cret').toString('base64')
    project = tempProject({
      users: 'ann:s3cret\n',
      'certs/ca.crt': authority.cert,
      'policy.json': '{"default": [{"type": "insecureAcceptAnything"}]}',
      'auth.json': JSON.stringify({ auths: { [registry]: { auth } } }),
      '.slipway/config.yaml': `hosts:\n  - {match: "${registry}", endpoint: "https://${registry}", ca: certs/ca.crt}\n`,
    })
    writeFileSync(project.path('config.json'), project.read('auth.json'))
    const tls = ['--tls-cert', certFile, '--tls-key', keyFile, '--users', project.path('users')]
    const args = ['src/main/cli.ts', 'registry', 'serve', '--listen', registry, '--data', project.path('data'), ...tls]
    server = await startProcess({ program: process.execPath, args, ready: () => listens(registry) })
    const image = await randomImage({ layers: 2, bytes: 50_000 })
    await writeArchive(project.path('app.tar'), [{ view: image, refs: [] }], { signal: new AbortController().signal, durability: 'fast' })
  })
  afterAll(async () => {
    await server?.stop()
    authority?.remove()
    project?.remove()
  })

  it('is pushed to by slipway and copied from by skopeo', async () => {
    const world = testWorld({ cwd: project.dir })
    const login = { REGISTRY_AUTH_FILE: project.path('auth.json') }
    const pushed = await mustRun(process.execPath, [`${process.cwd()}/src/main/cli.ts`, 'push', 'app.tar', `${registry}/acme/app:1`], {
      cwd: project.dir,
      env: { ...login, DOCKER_CONFIG: project.dir, SLIPWAY_HOME: world.home },
    })
    const [digest] = /sha256:[0-9a-f]{64}/.exec(pushed) ?? []
    const certs = ['--cert-dir', project.path('certs')]
    const seen = await mustRun(skopeo.path, ['inspect', ...certs, '--format', '{{.Digest}}', `docker://${registry}/acme/app:1`], { env: login })
    expect(seen.trim()).toBe(digest)
    const copy = ['copy', '--quiet', '--policy', project.path('policy.json'), '--src-cert-dir', project.path('certs')]
    await mustRun(skopeo.path, [...copy, `docker://${registry}/acme/app:1`, `oci:${project.path('copied')}:1`], { env: login })
    expect(project.exists('copied/index.json')).toBe(true)
  })
})

async function listens(registry: string): Promise<boolean> {
  const { connect } = await import('node:net')
  const [host = '', port] = registry.split(':')
  return new Promise((resolve) => {
    const socket = connect(Number(port), host, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Slipway under the names of plugins, as processes of their own, against Debian's docker-registry: users, certificates, archives, Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { root } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { promised } from '../../support/skip.ts'
import { tempProject } from '../../support/temp-project.ts'
import { type Authority, makeAuthority } from './certificates.ts'
import { type RealRegistry, startRegistry } from './start-registry.ts'

const program = real('docker-registry', { apt: 'docker-registry' })
const skopeo = real('skopeo', { apt: 'skopeo' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const missing = [program, skopeo, openssl].find((one) => one.missing !== undefined)
const options = missing === undefined ? openssl.options : promised('ci', missing.options)

/** `s:cret`. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'
const login = { PLUGIN_USERNAME: 'ann', PLUGIN_PASSWORD: 's:cret' }

type Env = Readonly<Record<string, string>>

/** A loopback address would be spoken to in plain HTTP. */
function project(secure?: string) {
  const config = JSON.stringify({ hosts: secure === undefined ? [] : [{ match: 'private.example', endpoint: `https://${secure}` }] })
  const made = tempProject({ '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nCOPY hello.txt /\n', 'hello.txt': 'hello\n' })
  const begin = (name: string, env: Env): ChildProcess => {
    const link = made.path(name)
    if (!made.exists(name)) symlinkSync(join(root, 'slipway'), link)
    const own = { PATH: process.env['PATH'] ?? '', HOME: made.dir, SLIPWAY_HOME: made.path('data'), ...env }
    return spawn(link, [], { cwd: made.dir, env: own, stdio: ['ignore', 'pipe', 'pipe'] })
  }
  const run = async (name: string, env: Env) => {
    const child = begin(name, env)
    let said = ''
    const args: string[] = []
    const look = setInterval(() => args.push(argumentsOf(child.pid)), 50)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
    const [code] = (await once(child, 'close')) as [number]
    clearInterval(look)
    expect(`${said}${args.join('')}`).not.toContain('s:cret')
    return { code, said }
  }
  return { ...made, begin, run }
}

function argumentsOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('plugins as programs', options, () => {
  let authority: Authority
  let plain: RealRegistry
  let secure: RealRegistry
  beforeAll(async () => {
    authority = makeAuthority(openssl.path)
    plain = await startRegistry(program.path)
    secure = await startRegistry(program.path, { htpasswd: `ann:${hash}\n`, tls: authority.issue('registry') })
  })
  afterAll(async () => {
    await plain?.stop()
    await secure?.stop()
    authority?.remove()
  })

  const digestOf = async (host: string, ref: string, ...more: readonly string[]) => {
    const child = spawn(skopeo.path, ['inspect', ...more, '--format', '{{.Digest}}', `docker://${host}/${ref}`], { stdio: ['ignore', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
    await once(child, 'close')
    return out.trim()
  }

  it('kaniko-docker builds, archives and pushes with user, certificate and outputs', async () => {
    const { run, read, exists } = project(secure.host)
    const repo = 'private.example/acme/app'
    const { code, said } = await run('kaniko-docker', {
      ...login,
      PLUGIN_REGISTRY: 'https://private.example',
      PLUGIN_REPO: repo,
      PLUGIN_TAGS: '1,latest',
      PLUGIN_REGISTRY_CERTIFICATE: `private.example=${authority.certFile}`,
      PLUGIN_TAR_PATH: 'out/image.tar',
      DRONE_OUTPUT: 'output.env',
    })
    expect([code, said]).toEqual([0, expect.stringContaining(`pushed ${repo}:latest`)])
    const digest = await digestOf(secure.host, 'acme/app:1', '--tls-verify=false', '--creds', 'ann:s:cret')
    expect(digest).toMatch(/^sha256:/)
    expect([read('output.env').includes(`digest="${digest}"`), exists('out/image.tar')]).toEqual([true, true])
  })

  it('drone-docker is refused without a password, and says by whom', async () => {
    const { run } = project(secure.host)
    const { code, said } = await run('drone-docker', { PLUGIN_REPO: 'private.example/acme/other', PLUGIN_SKIP_TLS_VERIFY: 'true' })
    expect([code, said]).toEqual([1, expect.stringMatching(/private\.example.*\[REGISTRY_UNAUTHORIZED\]/)])
  })

  it('drone-buildx pushes the archive of another call with the same digest', async () => {
    const { run } = project()
    const built = await run('kaniko-gcr', { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar' })
    const env = {
      PLUGIN_REPO: `${plain.host}/acme/pushed`,
      PLUGIN_TAG: '7',
      PLUGIN_PUSH_ONLY: 'true',
      PLUGIN_SOURCE_TAR_PATH: 'image.tar',
      PLUGIN_INSECURE: 'true',
    }
    const pushed = await run('drone-buildx', env)
    expect([built.code, pushed.code]).toEqual([0, 0])
    expect(built.said).toContain(await digestOf(plain.host, 'acme/pushed:7', '--tls-verify=false'))
  })

  it('end at SIGTERM with 130, however the registry behaves', async () => {
    let asked = (): void => undefined
    const reached = new Promise<void>((resolve) => {
      asked = resolve
    })
    // Takes connections, and says nothing.
    const silent = createServer(() => asked()).listen(0, '127.0.0.1')
    onTestFinished(() => void silent.close())
    await once(silent, 'listening')
    const address = silent.address()
    const { begin } = project()
    const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const child = begin('kaniko-docker', { PLUGIN_REPO: `${host}/acme/app`, PLUGIN_INSECURE: 'true' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await reached
    child.kill('SIGTERM')
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(130)
  })
})

/** Logins of a machine: real files in temp folders, real helper programs. */
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../../test/support/fake-clock.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { isProblem } from '../../base/problem.ts'
import type { Credentials } from '../../ports/registry-auth.ts'
import { chooseLogin } from './choose-login.ts'
import { askHelpers } from './credential-helper.ts'
import { machineLogins } from './machine-logins.ts'

const signal = new AbortController().signal
const basic = (text: string): string => Buffer.from(text).toString('base64')

interface Machine {
  readonly dir: string
  find(name: string): Promise<Credentials | undefined>
  readonly clock: ReturnType<typeof fakeClock>
}

/** Files below a home folder; programs (`bin/...`) are shell scripts on PATH. */
function machine(files: Readonly<Record<string, string | object>>, env: Readonly<Record<string, string>> = {}): Machine {
  const texts = Object.entries(files).map(([name, content]) => [name, typeof content === 'string' ? content : JSON.stringify(content)])
  const { dir } = tempProject(Object.fromEntries(texts))
  for (const name of Object.keys(files)) if (name.startsWith('bin/')) chmodSync(join(dir, name), 0o755)
  const clock = fakeClock()
  const all = {
    HOME: dir,
    PATH: `${join(dir, 'bin')}:/usr/bin:/bin`,
    ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value.replace('~', dir)])),
  }
  const auth = chooseLogin({ sources: machineLogins({ env: all, clock }) })
  return {
    dir,
    clock,
    find(name) {
      const slash = name.indexOf('/')
      return auth.credentialsFor({ registry: name.slice(0, slash), repository: name.slice(slash + 1) }, { signal })
    },
  }
}

const helper = (body: string): string => `#!/bin/sh\nread server\necho "$1 $server" >> "$HOME/asked"\n${body}\n`
const answers = (username: string, secret: string): string => `echo '{"ServerURL":"x","Username":"${username}","Secret":"${secret}"}'`
const asked = ({ dir }: Machine): readonly string[] => readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n')
const user = (username: string, password: string): Credentials => ({ kind: 'basic', username, password })

describe("docker's configuration", () => {
  it('gives user and password, written out or as base64, for hosts and paths', async () => {
    const { find } = machine({
      '.docker/config.json': {
        auths: {
          'https://index.docker.io/v1/': { auth: basic('hub:h:ub') },
          'docker.io/acme': { auth: basic('ann:pw\0\0') },
          'ghcr.io': { username: 'gil', password: 'g' },
        },
      },
    })
    expect(await find('docker.io/library/alpine')).toEqual(user('hub', 'h:ub'))
    expect(await find('docker.io/acme/app')).toEqual(user('ann', 'pw'))
    expect(await find('ghcr.io/x')).toEqual(user('gil', 'g'))
    expect(await find('quay.io/x')).toBeUndefined()
  })

  it('gives identity tokens and registry tokens', async () => {
    const { find } = machine({
      '.docker/config.json': { auths: { 'a.azurecr.io': { auth: basic('00000000:'), identitytoken: 'refresh-me' }, 'b.io': { registrytoken: 'bear' } } },
    })
    expect(await find('a.azurecr.io/x')).toEqual({ kind: 'identity-token', token: 'refresh-me' })
    expect(await find('b.io/x')).toEqual({ kind: 'bearer', token: 'bear' })
  })

  it('is looked for where DOCKER_CONFIG says, and may be missing', async () => {
    const { find } = machine({ 'elsewhere/config.json': { auths: { 'r.io': { username: 'u', password: 'p' } } } }, { DOCKER_CONFIG: '~/elsewhere' })
    expect(await find('r.io/x')).toEqual(user('u', 'p'))
    expect(await machine({}).find('r.io/x')).toBeUndefined()
  })

  it.each([
    ['{"auths": {"r.io": {"auth": "czNjcmV0"', 'it is not JSON'],
    ['{"auths": ["czNjcmV0"]}', 'auths.0 should be Object'],
    ['{"auths": {"r.io": {"auth": 5}}}', 'auths.r.io.auth should be'],
    ['{"auths": {"r.io": {"auth": "czNjcmV0"}}}', '"auth" of r.io is not the base64 of USER:PASSWORD'],
  ])('that is broken is an error with file and reason, not with content: %s', async (content, reason) => {
    const { dir, find } = machine({ '.docker/config.json': content })
    const failure = await find('r.io/x').catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'CREDENTIALS_UNREADABLE',
      message: expect.stringContaining(`${join(dir, '.docker/config.json')} cannot be read: ${reason}`),
    })
    expect(String(failure)).not.toMatch(/czNjcmV0|s3cret/)
  })

  it('that is broken for another registry does no harm', async () => {
    const { find } = machine({ '.docker/config.json': { auths: { 'bad.io': { auth: '!' }, 'r.io': { auth: basic('u:p') } } } })
    expect(await find('r.io/x')).toEqual(user('u', 'p'))
  })
})

describe('credential helpers', () => {
  it('are asked for their registry, Docker Hub under its old URL', async () => {
    const there = machine({
      '.docker/config.json': { credHelpers: { 'gcr.io': 'one' }, credsStore: 'two', auths: { 'https://index.docker.io/v1/': {}, 'docker.io/acme': {} } },
      'bin/docker-credential-one': helper(answers('_json', 'k1')),
      'bin/docker-credential-two': helper(answers('<token>', 'k2')),
    })
    expect(await there.find('gcr.io/x')).toEqual(user('_json', 'k1'))
    expect(await there.find('docker.io/library/a')).toEqual({ kind: 'identity-token', token: 'k2' })
    expect(await there.find('docker.io/acme/a')).toEqual({ kind: 'identity-token', token: 'k2' })
    expect(asked(there)).toEqual(['get gcr.io', 'get https://index.docker.io/v1/', 'get docker.io/acme'])
  })

  it('that know no login leave the question to the next place', async () => {
    const { find } = machine({
      '.docker/config.json': { credsStore: 'none', auths: { 'r.io': { auth: basic('u:p') } } },
      'bin/docker-credential-none': helper('echo "credentials not found in native keychain"; exit 1'),
    })
    expect(await find('r.io/x')).toEqual(user('u', 'p'))
    expect(await find('s.io/x')).toBeUndefined()
  })

  it('are asked once for many repositories, and again a minute later', async () => {
    const there = machine({ '.docker/config.json': { credsStore: 's' }, 'bin/docker-credential-s': helper(answers('u', 'p')) })
    await Promise.all(['r.io/a', 'r.io/b', 'r.io/c'].map(there.find))
    expect(asked(there)).toEqual(['get r.io'])
    await there.clock.advance(61_000)
    await there.find('r.io/a')
    expect(asked(there)).toEqual(['get r.io', 'get r.io'])
  })

  it.each([
    ['is missing', undefined, 'it is not on PATH'],
    ['fails', 'echo "vault is locked" >&2; exit 3', 'vault is locked (exit code 3)'],
    ['prints its secret and fails', `${answers('u', 's3cret')}; exit 1`, 'it said nothing (exit code 1)'],
    ['prints something else', 'echo s3cret', 'its answer is not the JSON that helpers give'],
    ['is killed', 'kill -9 $$', 'it was ended by SIGKILL'],
    ['floods', 'yes s3cret', 'its answer is longer than 1048576 bytes'],
  ])('one that %s is an error in words', async (_name, body, reason) => {
    const program = body === undefined ? {} : { 'bin/docker-credential-x': helper(body) }
    const { find } = machine({ '.docker/config.json': { credHelpers: { 'r.io': 'x' } }, ...program })
    const failure = await find('r.io/a').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED', message: `docker-credential-x gave no credentials for r.io: ${reason}` })
    expect(String(failure)).not.toContain('s3cret')
  })

  it('whose name is a path is not run', async () => {
    const { find } = machine({ '.docker/config.json': { credHelpers: { 'r.io': '../../bin/sh' } } })
    await expect(find('r.io/a')).rejects.toMatchObject({ code: 'CREDENTIAL_HELPER_FAILED' })
  })

  it('that does not answer is given up, also when its children live on', async () => {
    const { dir } = machine({ 'bin/docker-credential-slow': helper('sleep 5') })
    const ask = askHelpers({ env: { HOME: dir, PATH: `${dir}/bin:/usr/bin:/bin` }, clock: fakeClock(), patienceMs: 200 })
    const failure = await ask({ helper: 'slow', server: 'r.io', place: 'a file' }, { signal }).catch((error: unknown) => error)
    expect(isProblem(failure) && failure.message).toContain('it did not answer within 0.2 s')
    const stop = new AbortController()
    const aborted = ask({ helper: 'slow', server: 's.io', place: 'a file' }, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
  })
})

describe('other places', () => {
  const auths = (username: string) => ({ auths: { 'r.io/acme': { username, password: 'p' } } })

  it("are the environment, then docker's file, then podman's", async () => {
    const env = { SLIPWAY_REGISTRY_AUTH: '{"r.io/acme": {"username": "env", "password": "p"}}', XDG_RUNTIME_DIR: '~/run' }
    const files = { '.docker/config.json': auths('docker'), 'run/containers/auth.json': auths('podman') }
    expect(await machine(files, env).find('r.io/acme/x')).toEqual(user('env', 'p'))
    expect(await machine(files, { ...env, SLIPWAY_REGISTRY_AUTH: '' }).find('r.io/acme/x')).toEqual(user('docker', 'p'))
    expect(await machine({ 'run/containers/auth.json': auths('podman') }, { XDG_RUNTIME_DIR: '~/run' }).find('r.io/acme/x')).toEqual(user('podman', 'p'))
    expect(await machine({ 'own.json': auths('own') }, { REGISTRY_AUTH_FILE: '~/own.json' }).find('r.io/acme/x')).toEqual(user('own', 'p'))
    expect(await machine({ '.config/containers/auth.json': auths('home') }).find('r.io/acme/x')).toEqual(user('home', 'p'))
  })

  it("take docker's whole configuration from a variable, and name the variable when it is broken", async () => {
    expect(await machine({}, { DOCKER_AUTH_CONFIG: JSON.stringify(auths('ci')) }).find('r.io/acme/x')).toEqual(user('ci', 'p'))
    const failure = await machine({}, { SLIPWAY_REGISTRY_AUTH: '{"r.io": "s3cret"}' })
      .find('r.io/x')
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'CREDENTIALS_UNREADABLE', message: expect.stringContaining('SLIPWAY_REGISTRY_AUTH') })
    expect(String(failure)).not.toContain('s3cret')
  })
})

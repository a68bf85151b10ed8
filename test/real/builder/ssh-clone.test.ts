/** The pipeline of the documents that clones over ssh inside a RUN, against a real sshd: with and without caching, as root and as an ordinary user. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root as project } from '../../../tools/support/root.ts'
import { repositoryAt } from '../../support/git-repositories.ts'
import { real } from '../../support/real.ts'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'
import { needs, promised } from '../../support/skip.ts'
import { accepts } from '../support/accepts.ts'

const git = real('git', { apt: 'git' })
const sshd = real('sshd', { apt: 'openssh-server', version: ['-V'] })
const ssh = real('ssh', { apt: 'openssh-client', version: ['-V'] })
const isRoot = process.getuid?.() === 0
const missing = [git, sshd, ssh].find((program) => program.missing !== undefined)
const options = isRoot ? (missing ?? git).options : promised('ci', needs(false, 'becoming another user, and sshd, need root'))

const people = [
  { who: 'root', ids: { uid: 0, gid: 0 } },
  { who: 'a user with one id', ids: { uid: 65534, gid: 65534 } },
]

const token = 't0ken-of-the-build'

const config = `hosts:
  - match: docker.io
    endpoint: embedded:hub
connectors:
  - connector: {identifier: hub, name: hub, type: DockerRegistry, spec: {dockerRegistryUrl: "https://index.docker.io/v2/", providerType: DockerHub, auth: {type: Anonymous}}}
`

/** What is in it is copied from this machine: git and ssh with what they load. */
function writeTools(folder: string): void {
  const programs = ['/bin/sh', '/bin/mkdir', '/bin/cat', git.path, ssh.path, join(dirname(ssh.path), 'ssh-keyscan')]
  const copy = (file: string): void => {
    const to = join(folder, 'root', file)
    mkdirSync(dirname(to), { recursive: true })
    copyFileSync(file, to)
    chmodSync(to, 0o755)
  }
  for (const program of programs) {
    copy(program)
    for (const [, file = ''] of execFileSync('/usr/bin/ldd', [program], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)) copy(file)
  }
  mkdirSync(join(folder, 'root/etc'))
  writeFileSync(join(folder, 'root/etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n')
  writeFileSync(
    join(folder, 'Dockerfile'),
    `FROM scratch\nCOPY root/ /\nRUN mkdir -p /root /tmp ${execFileSync(git.path, ['--exec-path'], { encoding: 'utf8' }).trim()}\n`,
  )
}

function pipeline(port: number, repository: string, login: string, more: object): string {
  const dockerfile = `FROM acme/tools:1
ENV HOME=/root GIT_EXEC_PATH=/usr/bin CASE=${JSON.stringify(Object.keys(more).join())}
RUN mkdir -p ~/.ssh && ssh-keyscan -p ${port} 127.0.0.1 >> ~/.ssh/known_hosts
RUN --mount=type=ssh,id=sshkey git clone ssh://${login}@127.0.0.1:${port}${repository} app
RUN cat app/a.txt
RUN --mount=type=secret,id=TOKEN read token < /run/secrets/TOKEN; echo "a token of \${#token}"`
  const run = (id: string, command: string): object => ({ step: { identifier: id, name: id, type: 'Run', spec: { shell: 'Sh', command } } })
  const envVariables = { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'image.tar', PLUGIN_BUILDX_OPTIONS: '--ssh=sshkey=/harness/id_ed25519' }
  const envDockerSecrets = { TOKEN: '<+secrets.getValue("TOKEN")>' }
  const spec = { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], dockerfile: 'docker/Dockerfile', envDockerSecrets, envVariables, ...more }
  const steps = [
    run('dockerfile', `mkdir docker\ncat > docker/Dockerfile <<- "EOF"\n${dockerfile}\nEOF`),
    run('key', 'cat << EOF > /harness/id_ed25519\n<+secrets.getValue("SSH_KEY")> # a comment that gets into the file\nEOF\nchmod 400 /harness/id_ed25519'),
    { step: { identifier: 'image', name: 'image', type: 'BuildAndPushDockerRegistry', spec } },
    run('keep', `cp /harness/image.tar "${'$'}OUT"`),
  ]
  const stage = { identifier: 's', name: 's', type: 'CI', spec: { cloneCodebase: false, platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps } } }
  return JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } })
}

describe.each(people)('a clone over ssh inside a RUN, as $who', ({ ids }) => {
  describe('against a real sshd', { ...options, timeout: 120_000 }, () => {
    let folder: string
    let port: number
    let server: RealProcess | undefined
    const at = (name: string): string => join(folder, name)

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'slipway-ssh-clone-'))
      chmodSync(folder, 0o755)
      mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
      repositoryAt(at('app.git')).commit({ 'a.txt': 'over ssh\n' })
      for (const key of ['host', 'mine']) execFileSync(join(dirname(ssh.path), 'ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)])
      copyFileSync(at('mine.pub'), at('authorized'))
      port = await freePort()
      const settings = ['ListenAddress 127.0.0.1', 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password']
      const files = [`Port ${port}`, `HostKey ${at('host')}`, `AuthorizedKeysFile ${at('authorized')}`, `PidFile ${at('pid')}`]
      writeFileSync(at('sshd_config'), `${[...settings, ...files].join('\n')}\n`)
      server = await startProcess({ program: sshd.path, args: ['-D', '-e', '-f', at('sshd_config')], ready: () => accepts(port) })
      mkdirSync(at('code/.slipway'), { recursive: true })
      mkdirSync(at('home'))
      writeFileSync(at('code/.slipway/config.yaml'), config)
      writeTools(at('code/tools'))
      execFileSync('chown', ['-R', `${ids.uid}:${ids.gid}`, at('code'), at('home')])
      const built = await slipway(['build', '--push', '-t', 'acme/tools:1', 'tools'])
      if (built.code !== 0) throw new Error(built.out)
    }, 120_000)
    afterAll(async () => {
      await server?.stop()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    })

    async function slipway(args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> {
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: at('home'),
        SLIPWAY_HOME: at('home/data'),
        SLIPWAY_SECRET_SSH_KEY: readFileSync(at('mine'), 'utf8').trim(),
        SLIPWAY_SECRET_TOKEN: token,
      }
      const child = spawn(process.execPath, [join(project, 'src/main/cli.ts'), ...args], { ...ids, env, cwd: at('code') })
      let out = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          out += text
        })
      return new Promise((resolve) => void child.on('close', (code) => resolve({ code, out })))
    }

    it.each([
      ['without caching', {}],
      ['with caching', { caching: true }],
      ['of a key that the step names in the secret store', { sshKeys: { sshkey: '<+secrets.getValue("SSH_KEY")>' } }],
    ])('%s: the clone is in the image, and neither the key nor a secret anywhere', async (_how, more) => {
      const text = pipeline(port, at('app.git'), 'root', more).replace('$OUT', at('home/kept.tar'))
      writeFileSync(at('code/p.yaml'), 'sshKeys' in more ? text.replace('--ssh=sshkey=/harness/id_ed25519', '--progress=plain') : text)
      const { code, out } = await slipway(['run', 'p.yaml', '--output', 'plain'])
      expect([code, out]).toEqual([0, expect.stringContaining('over ssh')])
      expect(out).toContain('a token of 18')
      const key = readFileSync(at('mine'), 'utf8').split('\n')[2] ?? ''
      expect(key.length).toBeGreaterThan(20)
      const found = [...contents(at('home'))].filter(([, bytes]) => bytes.includes(key) || bytes.includes(token)).map(([name]) => name)
      expect([found, out.includes(key), out.includes(token)]).toEqual([[], false, false])
      expect([...contents(at('home'))].some(([name, bytes]) => name.includes('kept.tar: ') && bytes.includes('over ssh\n'))).toBe(true)
      rmSync(at('home/kept.tar'))
    })
  })
})

/** Every file below, plain and, when it is gzip, unpacked; of archives each layer. */
function* contents(folder: string): Generator<readonly [string, Buffer]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    yield* unpacked(file, readFileSync(file))
    if (file.endsWith('.tar')) {
      for (const name of execFileSync('tar', ['tf', file], { encoding: 'utf8' }).trim().split('\n'))
        yield* unpacked(`${file}: ${name}`, execFileSync('tar', ['xOf', file, name], { maxBuffer: 1 << 30 }))
    }
  }
}

function* unpacked(name: string, file: Buffer): Generator<readonly [string, Buffer]> {
  let bytes = file
  yield [name, bytes]
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return
  try {
    bytes = gunzipSync(bytes)
  } catch {
    // The store keeps parts of layers that begin like a whole one.
    return
  }
  yield [`${name} (unpacked)`, bytes]
}

/** Clones over ssh from a real sshd on loopback, with keys, and hosts whose keys change. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryAt } from '../../support/git-repositories.ts'
import { real } from '../../support/real.ts'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'
import { tempProject } from '../../support/temp-project.ts'
import { accepts } from '../support/accepts.ts'
import { run, runClone } from './run-clone.ts'

const git = real('git', { apt: 'git' })
const sshd = real('sshd', { apt: 'openssh-server', version: ['-V'] })
const keygen = real('ssh-keygen', { apt: 'openssh-client', version: ['-?'] })
const all = sshd.missing === undefined && keygen.missing === undefined ? git.options : sshd.missing === undefined ? keygen.options : sshd.options

describe('cloning over ssh', { ...all, timeout: 60_000 }, () => {
  const project = tempProject()
  let port: number
  let server: RealProcess | undefined

  const makeKey = (name: string): void => void execFileSync(keygen.path, ['-q', '-t', 'ed25519', '-N', '', '-f', project.path(name)])
  const start = async (hostKey: string): Promise<RealProcess> => {
    project.write({
      sshd_config: [
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        `HostKey ${project.path(hostKey)}`,
        `AuthorizedKeysFile ${project.path('authorized')}`,
        `PidFile ${project.path('pid')}`,
        'StrictModes no',
        'UsePAM no',
        'PasswordAuthentication no',
        'PermitRootLogin prohibit-password',
        '',
      ].join('\n'),
    })
    return startProcess({ program: sshd.path, args: ['-D', '-e', '-f', project.path('sshd_config')], ready: () => accepts(port) })
  }

  beforeAll(async () => {
    // Where sshd keeps its unprivileged part; packages make it when their service starts.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    repositoryAt(project.path('app.git')).commit({ 'a.txt': 'over ssh\n' })
    for (const name of ['host', 'host2', 'mine', 'strange']) makeKey(name)
    project.write({ authorized: readFileSync(project.path('mine.pub'), 'utf8') })
    chmodSync(project.path('authorized'), 0o600)
    chmodSync(project.dir, 0o755)
    port = await freePort()
    server = await start('host')
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    project.remove()
  })

  const connector = (): string =>
    `connector: {identifier: forge, name: forge, type: Gitlab, spec: {url: "ssh://${userInfo().username}@127.0.0.1:${port}${project.dir}", type: Account, authentication: {type: Ssh, spec: {sshKeyRef: forge_key}}}}`
  const here = (key: string, more: readonly string[] = []) => ({
    connector: connector(),
    secrets: { forge_key: readFileSync(project.path(key), 'utf8') },
    codebase: ['connectorRef: forge', 'repoName: app.git', ...more],
    steps: [run('cat a.txt; cat .git/config; ls .git')],
  })

  it('takes the key of the connector from a file that is gone afterwards, and remembers the host', async () => {
    const done = await runClone(here('mine'))
    expect(done.problems).toEqual([])
    expect(done.text).toContain('over ssh\n')
    expect(done.text).not.toContain('sshCommand')
    expect(done.left).toEqual([])
    expect(spawnSync('grep', ['-r', '-l', 'PRIVATE KEY', done.home], { encoding: 'utf8' }).stdout).toBe('')
    expect(readFileSync(`${done.home}/known_hosts`, 'utf8')).toContain(`[127.0.0.1]:${port} ssh-ed25519`)
  })

  it('says that a key is not let in', async () => {
    const done = await runClone(here('strange'))
    expect(done.problems).toEqual([expect.stringContaining('GIT_UNAUTHORIZED')])
    expect(done.left).toEqual([])
  })

  it('refuses a host whose key has changed, and sends it nothing', async () => {
    const first = await runClone(here('mine'))
    await server?.stop()
    server = await start('host2')
    const done = await runClone({ ...here('mine'), after: first })
    await server.stop()
    server = await start('host')
    expect(done.problems).toEqual([expect.stringContaining('GIT_HOST_KEY')])
  })

  it('lets later steps fetch where the login is kept', async () => {
    const kept = await runClone({
      ...here('mine', ['persistCredentials: true']),
      steps: [run(`export GIT_SSH_COMMAND=; unset GIT_SSH_COMMAND; git fetch --quiet origin main && echo fetched; stat -c %a .git/slipway-login/key`)],
    })
    expect(kept.text).toContain('fetched\n600\n')
  })

  it('says that a key and an address of the web do not go together', async () => {
    const odd = connector().replace(/url: "[^"]*"/, 'url: "https://127.0.0.1/x"')
    const done = await runClone({ ...here('mine'), connector: odd })
    expect(done.problems).toEqual([expect.stringContaining('GIT_LOGIN_MISFIT')])
  })
})

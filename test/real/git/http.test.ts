/** Clones over http and https from git's own server, with logins, certificates and faults as they happen. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Repository, repositoryAt } from '../../support/git-repositories.ts'
import { real } from '../../support/real.ts'
import { freePort } from '../../support/real-process.ts'
import { tempProject } from '../../support/temp-project.ts'
import { makeAuthority } from '../registry/certificates.ts'
import { type GitServer, gitServer } from './git-server.ts'
import { run, runClone } from './run-clone.ts'

const git = real('git', { apt: 'git' })
const openssl = real('openssl', { apt: 'openssl', version: ['version'] })
const lfs = real('git-lfs', { apt: 'git-lfs' })

const token = 'hunter2-token-9f31'
const user = { name: 'robot', password: token }

describe('cloning over http', { ...git.options, timeout: 120_000 }, () => {
  const project = tempProject()
  let app: Repository
  let commits: readonly string[]
  let server: GitServer
  let before: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  beforeAll(async () => {
    app = repositoryAt(project.path('app.git'))
    commits = Array.from({ length: 60 }, (_, i) => app.commit({ 'a.txt': `${i}\n`, [`dir${i % 3}/b.txt`]: `${i}` }, `change ${i}`))
    app.git('tag', 'v1', commits[9] ?? '')
    app.git('branch', 'side', commits[19] ?? '')
    server = await gitServer({ root: project.dir, user, before: (request, response) => before?.(request, response) === true })
  }, 60_000)
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
    project.remove()
  })

  const account = (): string =>
    `connector: {identifier: forge, name: forge, type: Github, spec: {url: "${server.url}/", type: Account, authentication: {type: Http, spec: {type: UsernameToken, spec: {username: robot, tokenRef: forge_token}}}}}`
  const here = (more: readonly string[] = []) => ({
    connector: account(),
    secrets: { forge_token: token },
    codebase: ['connectorRef: forge', 'repoName: app.git', ...more],
  })

  it('takes 50 commits of the default branch with the login of an account connector, and tells expressions about them', async () => {
    const done = await runClone({
      ...here(),
      steps: [
        run(
          'echo "count $(git rev-list --count HEAD)"; git status --short --branch; echo "<+codebase.commitSha> <+codebase.branch> <+codebase.commitMessage> <+codebase.gitUserEmail>"',
        ),
      ],
    })
    expect(done.problems).toEqual([])
    expect(done.code).toBe(0)
    expect(done.text).toContain('count 50\n')
    expect(done.text).toContain(`${commits.at(-1)} main change 59 author@example.com`)
    expect(done.events).toContainEqual(
      expect.objectContaining({
        kind: 'code.placed',
        underBuild: true,
        codebase: expect.objectContaining({ commitSha: commits.at(-1), repoUrl: `${server.url}/app.git` }),
      }),
    )
    expect(done.left).toEqual([])
  })

  it('keeps the token out of argument lists, of the repository, of the log and of the data folder', async () => {
    const seen = new Set<string>()
    before = () => {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
        } catch {
          // It has ended.
        }
      }
      return false
    }
    const done = await runClone({ ...here(['debug: true']), steps: [run('cat .git/config; ls -A .git; grep -r -l "[h]unter2" .git || echo nowhere')] })
    before = undefined
    expect(done.code).toBe(0)
    expect([...seen].filter((line) => line.includes('git-remote-http')).length).toBeGreaterThan(0)
    expect([...seen].filter((line) => line.includes('hunter2') && !line.startsWith(process.execPath))).toEqual([])
    expect(done.text).toContain(`url = ${server.url}/app.git`)
    expect(done.text).toMatch(/nowhere\n$/)
    expect(JSON.stringify(done.events)).not.toContain('hunter2')
    expect(spawnSync('grep', ['-r', '-l', 'hunter2', done.home], { encoding: 'utf8' }).stdout).toBe('')
  })

  it.each([
    ['all commits', ['depth: 0'], 'git rev-list --count HEAD', '60\n'],
    ['three commits', ['depth: 3'], 'git rev-list --count HEAD', '3\n'],
    ['a branch', ['build: {type: branch, spec: {branch: side}}'], 'cat a.txt; git branch --show-current', '19\nside\n'],
    ['a tag', ['build: {type: tag, spec: {tag: v1}}'], 'cat a.txt; echo "<+codebase.tag> <+codebase.build.type>"', '9\nv1 tag\n'],
    ['tags', ['fetchTags: true'], 'git tag', 'v1\n'],
    ['some folders', ['sparseCheckout: [dir1]'], 'ls', 'a.txt\ndir1\n'],
    ['a folder of its own', ['cloneDirectory: src/app'], 'cat src/app/a.txt', '59\n'],
  ])('takes %s', async (_name, keys, command, says) => {
    const done = await runClone({ ...here(keys), steps: [run(command)] })
    expect(done.problems).toEqual([])
    expect(done.text.endsWith(says)).toBe(true)
  })

  it('takes a commit by its forty characters, also one that no depth would reach', async () => {
    const done = await runClone({
      ...here([`build: {type: commitSha, spec: {commitSha: ${commits[2]}}}`, 'depth: 1']),
      steps: [run('cat a.txt; git rev-list --count HEAD')],
    })
    expect(done.problems).toEqual([])
    expect(done.text).toMatch(/\n2\n1\n$/)
  })

  it.each([
    ['a wrong token', [], { forge_token: 'wrong-token-entirely' }, 'GIT_UNAUTHORIZED'],
    ['a branch that is not there', ['build: {type: branch, spec: {branch: mian}}'], undefined, 'GIT_REVISION_MISSING'],
    ['a repository that is not there', ['repoName: nope.git'], undefined, 'GIT_REPOSITORY_MISSING'],
  ])('says one thing about %s, and leaves nothing', async (_name, keys, secrets, code) => {
    const codebase = keys.some((key) => key.startsWith('repoName')) ? ['connectorRef: forge', ...keys] : here(keys).codebase
    const done = await runClone({ ...here(), codebase, ...(secrets !== undefined && { secrets }) })
    expect(done.code).toBe(1)
    expect(done.problems).toEqual([expect.stringContaining(code)])
    expect(done.left).toEqual([])
  })

  it('tells a server that refuses from a host that nobody knows, after several tries', async () => {
    const port = await freePort()
    const refused = await runClone({ codebase: [], args: ['--codebase', `http://127.0.0.1:${port}/app.git`] })
    expect(refused.problems).toEqual([expect.stringContaining('GIT_UNREACHABLE')])
    expect(refused.text.match(/trying again/g)).toHaveLength(2)
    const unknown = await runClone({ codebase: [], args: ['--codebase', 'http://no-such-host.invalid/app.git'] })
    expect(unknown.problems).toEqual([expect.stringContaining('GIT_HOST_UNKNOWN')])
  })

  it('tries again when the server is out of order for a moment', async () => {
    let faults = 1
    before = (_request, response) => {
      if (faults-- <= 0) return false
      response.writeHead(503).end()
      return true
    }
    const done = await runClone({ ...here(), steps: [run('cat a.txt')] })
    before = undefined
    expect(done.problems).toEqual([])
    expect(done.text).toContain('trying again in 1 s')
  })

  it('ends git and its children when it is aborted in the middle', async () => {
    const abort = new AbortController()
    before = (request) => {
      if (!(request.url ?? '').includes('git-upload-pack') || request.method !== 'POST') return false
      setTimeout(() => abort.abort(), 50)
      return true
    }
    const done = await runClone({ ...here(), signal: abort.signal })
    before = undefined
    expect(done.code).toBe(130)
    expect(done.left).toEqual([])
    const mine = (): readonly string[] =>
      readdirSync('/proc').flatMap((pid) => {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          return line.includes('git-remote-http') && line.includes(`:${server.port}/`) ? [line] : []
        } catch {
          return []
        }
      })
    await expect.poll(mine).toEqual([])
  })

  it('gets submodules of the same server with the same login', async () => {
    const inner = repositoryAt(project.path('inner.git'))
    inner.commit({ 'inner.txt': 'from inside\n' })
    const outer = repositoryAt(project.path('outer.git'))
    outer.git('submodule', '--quiet', 'add', '../inner.git', 'inner')
    outer.commit({ 'o.txt': '' })
    const done = await runClone({
      ...here(),
      codebase: ['connectorRef: forge', 'repoName: outer.git', 'submoduleStrategy: true'],
      steps: [run('cat inner/inner.txt')],
    })
    expect(done.problems).toEqual([])
    expect(done.text).toContain('from inside\n')
  })

  it('lets later steps fetch only where the login is kept', async () => {
    const fetching = [run('GIT_TERMINAL_PROMPT=0 git fetch --quiet --depth=1 origin v1 && echo fetched')]
    const kept = await runClone({ ...here(['persistCredentials: true']), steps: fetching })
    expect(kept.text).toContain('fetched\n')
    const gone = await runClone({ ...here(), steps: fetching })
    expect(gone.code).toBe(1)
    expect(gone.text).not.toContain('fetched\n')
  })

  it('clones more repositories by steps, and gives what they found as outputs', async () => {
    const step = `{identifier: more, name: more, type: GitClone, spec: {connectorRef: forge, repoName: app.git, build: {type: branch, spec: {branch: side}}, depth: 2, outputFilePathsContent: [a.txt]}}`
    const done = await runClone({
      connector: account(),
      secrets: { forge_token: token },
      steps: [
        step,
        run(
          'ls; git -C app rev-list --count HEAD; echo "<+steps.more.output.outputVariables.commitSha> <+steps.more.output.outputVariables.branch> file <+execution.steps.more.output.outputVariables.get("a.txt")>"',
        ),
      ],
    })
    expect(done.problems).toEqual([])
    expect(done.text).toContain(`app\n2\n${commits[19]} side file 19\n`)
  })

  it('takes the merge of a pull request', async () => {
    app.git('checkout', '--quiet', '-b', 'feature', commits[58] ?? '')
    const head = app.commit({ 'new.txt': 'new\n' }, 'a feature')
    app.git('checkout', '--quiet', '--detach', 'main')
    app.git('merge', '--quiet', '--no-ff', '-m', 'merged', 'feature')
    app.git('update-ref', 'refs/pull/5/merge', 'HEAD')
    app.git('update-ref', 'refs/pull/5/head', head)
    app.git('checkout', '--quiet', 'main')
    const done = await runClone({
      ...here(['build: {type: PR, spec: {number: "5"}}']),
      steps: [run('ls; echo "<+codebase.prNumber> <+codebase.sourceBranch> <+codebase.targetBranch> <+codebase.commitSha> <+codebase.build.type>"')],
    })
    expect(done.problems).toEqual([])
    expect(done.text).toContain('new.txt\n')
    expect(done.text).toContain(`5 feature main ${head} PR\n`)
  })

  it('takes the same commit again when a run is repeated, and knows what it was', async () => {
    const moving = repositoryAt(project.path('moving.git'))
    const then = moving.commit({ 'a.txt': 'then\n' })
    const first = await runClone({
      ...here(),
      codebase: ['connectorRef: forge', 'repoName: moving.git'],
      steps: [run('cat a.txt; echo "<+codebase.branch> <+codebase.commitSha>"')],
    })
    moving.commit({ 'a.txt': 'now\n' })
    const again = await runClone({ ...here(), after: first, command: ['runs', 'rerun', 'last'] })
    expect(again.problems).toEqual([])
    expect(again.text).toContain(`then\nmain ${then}\n`)
  })

  it('clones what the command line names, with a login that is shown nowhere', async () => {
    const address = `${server.url.replace('://', `://robot:${token}@`)}/app.git#branch:side`
    const done = await runClone({ codebase: [], args: ['--codebase', address], steps: [run('cat a.txt')] })
    expect(done.problems).toEqual([])
    expect(done.text).toMatch(/\n19\n$/)
    expect(JSON.stringify(done.events)).not.toContain(token)
  })

  it('downloads large files only where that is wanted', lfs.options, async () => {
    const large = repositoryAt(project.path('large.git'))
    large.git('lfs', 'install', '--local')
    large.git('lfs', 'track', '*.bin')
    writeFileSync(join(large.dir, 'x.bin'), 'a large file\n')
    large.commit({ 'r.txt': '' })
    execFileSync('cp', ['-r', join(large.dir, '.git', 'lfs'), join(large.dir, 'lfs')])
    const codebase = ['connectorRef: forge', 'repoName: large.git']
    const wanted = await runClone({ ...here(), codebase: [...codebase, 'lfs: true'], steps: [run('cat x.bin')] })
    expect(wanted.problems).toEqual([])
    expect(wanted.text).toMatch(/\na large file\n$/)
    const pointers = await runClone({ ...here(), codebase, steps: [run('head -1 x.bin')] })
    expect(pointers.text).toContain('version https://git-lfs')
    expect(existsSync(large.dir)).toBe(true)
  })
})

describe('cloning over https', { ...git.options, timeout: 120_000 }, () => {
  it('trusts no certificate that nobody has signed, unless it is told to', openssl.options, async () => {
    const project = tempProject()
    repositoryAt(project.path('app.git')).commit({ 'a.txt': 'secure\n' })
    const authority = makeAuthority(openssl.path)
    const { cert, key } = authority.issue('git')
    await using server = await gitServer({ root: project.dir, tls: { cert, key } })
    const connector = `connector: {identifier: forge, name: forge, type: Git, spec: {url: "${server.url}/app.git", type: Http, connectionType: Repo}}`
    const steps = [run('cat a.txt')]
    const refused = await runClone({ connector, codebase: ['connectorRef: forge'], steps })
    expect(refused.problems).toEqual([expect.stringContaining('GIT_CERTIFICATE')])
    const careless = await runClone({ connector, codebase: ['connectorRef: forge', 'sslVerify: false'], steps })
    expect(careless.text).toContain('secure\n')
    const trusting = await runClone({ connector, codebase: ['connectorRef: forge'], steps, env: { GIT_SSL_CAINFO: authority.certFile } })
    expect(trusting.problems).toEqual([])
    authority.remove()
  })
})

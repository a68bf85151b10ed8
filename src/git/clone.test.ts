/** Cloning with the real git from repositories of this machine. */
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FakeClock, fakeClock } from '../../test/support/fake-clock.ts'
import { gitHere, type Repository, repositoryAt } from '../../test/support/git-repositories.ts'
import { findProgram } from '../../test/support/real.ts'
import { tempProject } from '../../test/support/temp-project.ts'
import type { Progress } from '../events/run-event.ts'
import type { CloneSettings } from '../ports/code.ts'
import { cloneRepository } from './clone.ts'
import type { CloneJob } from './clone-job.ts'

const plain: CloneSettings = { depth: 0, tags: false, sparse: [], submodules: 'none', lfs: false, sslVerify: true, keepLogin: false, debug: false }

interface Bench {
  readonly origin: Repository
  readonly folder: string
  readonly dir: string
  readonly log: () => string
  readonly progress: readonly Progress[]
  readonly clock: FakeClock
  clone(
    job?: Partial<Omit<CloneJob, 'settings'>> & { readonly settings?: Partial<CloneSettings> },
    env?: Record<string, string>,
  ): ReturnType<typeof cloneRepository>
  /** In the clone. */
  git(...args: readonly string[]): string
}

function bench(): Bench {
  const { dir } = tempProject()
  const origin = repositoryAt(join(dir, 'origin'))
  const folder = join(dir, 'clone')
  let log = ''
  const progress: Progress[] = []
  const clock = fakeClock()
  return {
    origin,
    folder,
    dir,
    log: () => log,
    progress,
    clock,
    clone: (job = {}, env = {}) =>
      cloneRepository(
        { url: origin.dir, revision: { kind: 'default' }, loginOf: 'nobody', folder, shownFolder: 'clone', ...job, settings: { ...plain, ...job.settings } },
        {
          env: { ...process.env, ...env },
          kill: process.kill.bind(process),
          clock,
          signal: new AbortController().signal,
          scratch: join(dir, 'scratch'),
          ssh: { knownHosts: join(dir, 'home', 'known_hosts'), otherKnownHosts: [] },
          say: (text) => {
            log += text
          },
          progress: (one) => progress.push(one),
          note: (note) => {
            log += `${note.code}\n`
          },
        },
      ),
    git: (...args) => repositoryAt(folder).git(...args),
  }
}

describe('cloning', { ...gitHere, timeout: 60_000 }, () => {
  it('takes the default branch with all its commits, and says what it did', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': 'one' })
    const commit = b.origin.commit({ 'a.txt': 'two' }, 'the second\n\nwith a body')
    b.origin.git('branch', '-m', 'trunk')
    const done = await b.clone()
    expect(done).toEqual({ commit, branch: 'trunk', message: 'the second\n\nwith a body', author: 'An Author', authorEmail: 'author@example.com' })
    expect(readFileSync(join(b.folder, 'a.txt'), 'utf8')).toBe('two')
    expect(b.git('rev-list', '--count', 'HEAD')).toBe('2')
    expect(b.git('status', '--porcelain', '--branch')).toBe('## trunk...origin/trunk')
    expect(b.log()).toContain('+ git fetch')
    expect(readdirSync(join(b.dir, 'scratch'))).toEqual([])
  })

  it('stops at the depth that is asked for', async () => {
    const b = bench()
    for (let i = 0; i < 4; i++) b.origin.commit({ 'a.txt': String(i) })
    await b.clone({ url: `file://${b.origin.dir}`, settings: { depth: 2 } })
    expect(b.git('rev-list', '--count', 'HEAD')).toBe('2')
    expect(b.log()).toContain('--depth=2')
  })

  it('takes a branch, a tag, a commit', async () => {
    const b = bench()
    const first = b.origin.commit({ 'a.txt': '1' })
    b.origin.git('tag', '-a', 'v1', '-m', 'release')
    b.origin.git('checkout', '--quiet', '-b', 'side/line')
    const second = b.origin.commit({ 'a.txt': '2' })
    b.origin.git('checkout', '--quiet', 'main')
    const into = (name: string) => ({ folder: join(b.dir, name) })
    expect(await b.clone({ ...into('b'), revision: { kind: 'branch', name: 'side/line' } })).toMatchObject({ commit: second, branch: 'side/line' })
    expect(await b.clone({ ...into('t'), revision: { kind: 'tag', name: 'v1' } })).toMatchObject({ commit: first, tag: 'v1' })
    const done = await b.clone({ ...into('c'), url: `file://${b.origin.dir}`, revision: { kind: 'commit', sha: second }, settings: { depth: 1 } })
    expect(done).toMatchObject({ commit: second })
    expect(done).not.toHaveProperty('branch')
    expect(await b.clone({ ...into('s'), revision: { kind: 'commit', sha: second.slice(0, 8) } })).toMatchObject({ commit: second })
    expect(await b.clone({ ...into('p'), revision: { kind: 'branch', name: 'side/line', commit: first } })).toMatchObject({
      commit: first,
      branch: 'side/line',
    })
  })

  it('takes tags only where they are wanted', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    b.origin.git('tag', 'v1')
    await b.clone()
    expect(b.git('tag')).toBe('')
    const other = join(b.dir, 'other')
    await b.clone({ folder: other, settings: { tags: true } })
    expect(repositoryAt(other).git('tag')).toBe('v1')
  })

  it('takes the merge of a pull request, or its own last commit', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    b.origin.git('checkout', '--quiet', '-b', 'feature')
    const head = b.origin.commit({ 'b.txt': 'b' }, 'a feature')
    b.origin.git('checkout', '--quiet', 'main')
    const base = b.origin.commit({ 'c.txt': 'c' })
    b.origin.git('checkout', '--quiet', '--detach')
    b.origin.git('merge', '--quiet', '--no-ff', '-m', 'merged', 'feature')
    const merge = b.origin.git('rev-parse', 'HEAD')
    b.origin.git('checkout', '--quiet', 'main')
    b.origin.git('update-ref', 'refs/pull/7/merge', merge)
    b.origin.git('update-ref', 'refs/pull/7/head', head)
    b.origin.git('update-ref', 'refs/pull/8/merge', merge)
    b.origin.git('update-ref', 'refs/merge-requests/9/head', head)
    const pull = (number: string, merge: boolean, name: string) =>
      b.clone({ url: `file://${b.origin.dir}`, folder: join(b.dir, name), revision: { kind: 'pull-request', number, merge }, settings: { depth: 1 } })
    const known = { commitSha: head, sourceBranch: 'feature', targetBranch: 'main', baseCommitSha: base }
    expect(await pull('7', true, 'm')).toMatchObject({ message: 'a feature', pull: { ...known, mergeSha: merge, ref: 'refs/pull/7/merge' } })
    expect(existsSync(join(b.dir, 'm', 'c.txt'))).toBe(true)
    expect(await pull('7', false, 'h')).toMatchObject({ commit: head, pull: { commitSha: head, sourceBranch: 'feature' } })
    expect(existsSync(join(b.dir, 'h', 'c.txt'))).toBe(false)
    expect(await pull('8', false, 'x')).toMatchObject({ commit: head, pull: known })
    expect(await pull('9', true, 'u')).toMatchObject({ commit: head })
    expect(b.log()).toContain('GIT_PULL_REQUEST_UNMERGED')
    await expect(pull('10', true, 'n')).rejects.toMatchObject({ code: 'GIT_PULL_REQUEST_UNKNOWN' })
  })

  it('checks out some folders, or what patterns say', async () => {
    const b = bench()
    b.origin.commit({ 'top.txt': '', 'a/1.txt': '', 'b/2.txt': '', 'b/c/3.md': '' })
    await b.clone({ settings: { sparse: ['b/c'] } })
    expect(readdirSync(b.folder).sort()).toEqual(['.git', 'b', 'top.txt'])
    expect(readdirSync(join(b.folder, 'b')).sort()).toEqual(['2.txt', 'c'])
    const other = join(b.dir, 'other')
    await b.clone({ folder: other, settings: { sparse: ['*.md'] } })
    expect(readdirSync(other).sort()).toEqual(['.git', 'b'])
  })

  it('gets submodules: none, those of the repository, or theirs too', async () => {
    const b = bench()
    const inner = repositoryAt(join(b.dir, 'inner'))
    inner.commit({ 'inner.txt': 'inner' })
    const middle = repositoryAt(join(b.dir, 'middle'))
    middle.git('submodule', '--quiet', 'add', '../inner', 'inner')
    middle.commit({ 'middle.txt': 'middle' })
    b.origin.git('submodule', '--quiet', 'add', '../middle', 'middle')
    b.origin.commit({ 'a.txt': '1' })
    const files = async (submodules: CloneSettings['submodules']) => {
      const folder = join(b.dir, submodules)
      await b.clone({ folder, settings: { submodules } })
      return [existsSync(join(folder, 'middle/middle.txt')), existsSync(join(folder, 'middle/inner/inner.txt'))]
    }
    expect(await files('none')).toEqual([false, false])
    expect(await files('first')).toEqual([true, false])
    expect(await files('recursive')).toEqual([true, true])
  })

  it('runs the command that comes before fetching, in the new repository', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    await b.clone({ settings: { preFetch: 'git config user.name Somebody\necho "in $(basename "$PWD")"' } })
    expect(b.git('config', 'user.name')).toBe('Somebody')
    expect(b.log()).toContain('in clone\n')
    await expect(b.clone({ folder: join(b.dir, 'x'), settings: { preFetch: 'exit 3' } })).rejects.toMatchObject({ code: 'GIT_PREFETCH_FAILED' })
    expect(existsSync(join(b.dir, 'x'))).toBe(false)
  })

  it('lets no hook and no configuration of the machine have a say', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    const mark = join(b.dir, 'hooked')
    const template = tempProject({ 'hooks/post-checkout': `#!/bin/sh\ntouch ${mark}\n` })
    const home = tempProject({
      '.gitconfig': `[init]\n  templateDir = ${template.dir}\n[core]\n  hooksPath = ${template.path('hooks')}\n[url "/nowhere/"]\n  insteadOf = /\n`,
    })
    chmodSync(template.path('hooks/post-checkout'), 0o755)
    await b.clone({}, { HOME: home.dir, GIT_TEMPLATE_DIR: template.dir, GIT_DIR: '/nowhere' })
    expect(existsSync(mark)).toBe(false)
  })

  it.each([
    [{ kind: 'branch', name: 'mian' }, 'GIT_REVISION_MISSING', 'main'],
    [{ kind: 'tag', name: 'v9' }, 'GIT_REVISION_MISSING', 'tags'],
    [{ kind: 'commit', sha: '0123456789012345678901234567890123456789' }, 'GIT_REVISION_MISSING', 'no branch'],
    [{ kind: 'branch', name: '--upload-pack=x' }, 'GIT_REVISION_BAD', ''],
    [{ kind: 'tag', name: 'a b' }, 'GIT_REVISION_BAD', ''],
    [{ kind: 'commit', sha: 'main' }, 'GIT_REVISION_BAD', ''],
  ] as const)('says what is wrong with %j, and leaves nothing', async (revision, code, hint) => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    const failed = await b.clone({ revision }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code, diagnostic: { hint: expect.stringContaining(hint) } })
    expect(existsSync(b.folder)).toBe(false)
    expect(readdirSync(join(b.dir, 'scratch'))).toEqual([])
  })

  it('tells an empty repository from one that is not there', async () => {
    const b = bench()
    await expect(b.clone()).rejects.toMatchObject({ code: 'GIT_REPOSITORY_EMPTY' })
    await expect(b.clone({ url: join(b.dir, 'nope') })).rejects.toMatchObject({ code: 'GIT_REPOSITORY_MISSING' })
  })

  it('touches nothing of a folder that holds other things', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': 'theirs', 'b.txt': '' })
    const mine = tempProject({ 'a.txt': 'mine', 'c.txt': '' })
    await expect(b.clone({ folder: mine.dir })).rejects.toMatchObject({ code: 'GIT_FOLDER_TAKEN' })
    expect(readdirSync(mine.dir).sort()).toEqual(['a.txt', 'c.txt'])
    expect(mine.read('a.txt')).toBe('mine')
    await b.clone()
    await expect(b.clone()).rejects.toMatchObject({ code: 'GIT_FOLDER_TAKEN' })
    expect(existsSync(join(b.folder, 'b.txt'))).toBe(true)
  })

  it('keeps the login beside the clone only where that is wanted', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    const login = { kind: 'key', key: 'no-key-at-all' } as const
    await b.clone({ login })
    expect(existsSync(join(b.folder, '.git', 'slipway-login'))).toBe(false)
    const kept = join(b.dir, 'kept')
    await b.clone({ login, folder: kept, settings: { keepLogin: true } })
    expect(statSync(join(kept, '.git', 'slipway-login', 'key')).mode & 0o777).toBe(0o600)
    expect(repositoryAt(kept).git('config', 'core.sshCommand')).not.toContain('no-key-at-all')
  })

  it('says which program is missing: git itself, or the one for large files', async () => {
    const b = bench()
    b.origin.commit({ 'a.txt': '1' })
    const bin = tempProject()
    await expect(b.clone({}, { PATH: bin.dir })).rejects.toMatchObject({ code: 'GIT_PROGRAM_MISSING' })
    symlinkSync(findProgram('git', process.env) ?? '', bin.path('git'))
    await expect(b.clone({ settings: { lfs: true } }, { PATH: bin.dir })).rejects.toMatchObject({ code: 'GIT_LFS_MISSING' })
    expect(existsSync(b.folder)).toBe(false)
    await b.clone({}, { PATH: bin.dir })
  })

  it('shows its progress', async () => {
    const b = bench()
    b.origin.commit(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}.txt`, `file ${i}`])))
    await b.clone({ url: `file://${b.origin.dir}` })
    expect(b.progress).toContainEqual({ task: 'counting objects', unit: 'count', done: 52, total: 52 })
    expect(b.log()).not.toContain('ounting objects')
  })
})

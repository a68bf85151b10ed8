/** Clones a repository into a folder, step by step as its log tells. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isProblem, type Problem, problem } from '../base/problem.ts'
import { isSsh } from '../pipeline/repository-url.ts'
import { takeFolder } from './clone-folder.ts'
import { attempt, type CloneJob, type CloneWorld, type Cloning, failure, must } from './clone-job.ts'
import { type Fetched, fetchRevision } from './fetch-revision.ts'
import { gitSession } from './git-session.ts'
import { keepLogin, type PreparedLogin, prepareLogin } from './login.ts'
import { progressReader } from './progress.ts'
import { pullFacts } from './pull-request.ts'

export interface Cloned {
  readonly commit: string
  readonly message: string
  readonly author: string
  readonly authorEmail: string
  readonly branch?: string
  readonly tag?: string
  readonly pull?: ReturnType<typeof pullFacts> & { readonly ref: string }
}

/** Milliseconds before each further try, when it is the network that failed. */
const pauses = [1_000, 3_000]

export async function cloneRepository(job: CloneJob, world: CloneWorld): Promise<Cloned> {
  const folder = await takeFolder(job.folder, job.shownFolder)
  await mkdir(world.scratch, { recursive: true, mode: 0o700 })
  await mkdir(dirname(world.ssh.knownHosts), { recursive: true, mode: 0o700 })
  const secrets = await mkdtemp(join(world.scratch, 'login-'))
  try {
    for (let tries = 0; ; tries++) {
      try {
        return await once(job, world, await prepareLogin(job.url, job.login, secrets, world.ssh))
      } catch (error) {
        await folder.undo()
        const pause = pauses[tries]
        if (!isProblem(error) || !error.retryable || pause === undefined) throw error
        world.say(`${error.message}; trying again in ${pause / 1_000} s\n`)
        await world.clock.sleep(pause, { signal: world.signal })
        await mkdir(job.folder, { recursive: true })
      }
    }
  } finally {
    await rm(secrets, { recursive: true, force: true })
  }
}

async function once(job: CloneJob, world: CloneWorld, login: PreparedLogin): Promise<Cloned> {
  const c: Cloning = { job, world, git: sessionFor(job, world, login) }
  const { settings } = job
  await must(c, 'begin a clone of', ['init', '--quiet', '--template='])
  // Made by the template otherwise; git expects it.
  await mkdir(join(job.folder, '.git', 'info'), { recursive: true })
  await must(c, 'name', ['remote', 'add', 'origin', job.url])
  if (settings.lfs) await lfsReady(c)
  if (settings.sparse.length > 0) await sparse(c, settings.sparse)
  if (settings.preFetch !== undefined) await preFetch(c, settings.preFetch)
  const fetched = await fetchRevision(c)
  await checkout(c, fetched)
  if (settings.submodules !== 'none') await submodules(c)
  if (settings.lfs) await must(c, 'download large files of', ['lfs', 'pull', 'origin'])
  if (settings.keepLogin) {
    for (const [name, value] of await keepLogin(job.url, job.login, join(job.folder, '.git'))) await must(c, 'set up', ['config', '--local', name, value])
  }
  return describe(c, fetched)
}

function sessionFor({ url, settings, folder }: CloneJob, world: CloneWorld, login: PreparedLogin) {
  const local = !/^(?:https?|git):/i.test(url) && !isSsh(url)
  return gitSession({
    env: world.env,
    kill: world.kill,
    folder,
    signal: world.signal,
    config: [...login.config, ...(settings.sslVerify ? [] : [['http.sslVerify', 'false'] as const])],
    variables: { ...login.variables, ...(settings.debug && { GIT_TRACE: '1' }) },
    protocols: ['https', 'http', 'ssh', 'git', ...(local ? ['file'] : [])],
  })
}

async function lfsReady(c: Cloning): Promise<void> {
  if ((await attempt(c, ['lfs', 'version'])).code !== 0) throw problem('GIT_LFS_MISSING', {})
  await must(c, 'set up', ['lfs', 'install', '--local', '--skip-repo'])
}

/** Folders are taken with all that is in them, and the files above them; anything with a wildcard is a pattern as in .gitignore. */
async function sparse(c: Cloning, items: readonly string[]): Promise<void> {
  const cone = items.every((item) => !/[*?[\]!]/.test(item))
  await must(c, 'set up', ['config', 'core.sparseCheckout', 'true'])
  await must(c, 'choose folders of', ['sparse-checkout', 'set', cone ? '--cone' : '--no-cone', '--stdin'], `${items.join('\n')}\n`)
}

async function preFetch({ git, world }: Cloning, script: string): Promise<void> {
  const reader = progressReader(world)
  world.say('+ preFetchCommand\n')
  const { code } = await git.shell(script, { onOutput: world.say, onError: (text) => reader.push(text) })
  reader.flush()
  if (code !== 0) throw problem('GIT_PREFETCH_FAILED', { exit: code })
}

async function checkout(c: Cloning, { start, branch }: Fetched): Promise<void> {
  const to = branch === undefined ? ['--detach', start] : ['-B', branch, start]
  const ran = await attempt(c, ['checkout', '--progress', ...to])
  if (ran.code === 0) return
  const [, name] = /untracked working tree files would be overwritten[^\n]*\n\s*(\S[^\n]*)/.exec(ran.err) ?? []
  throw name === undefined ? failure(c, 'check out', ran) : problem('GIT_FOLDER_TAKEN', { folder: c.job.shownFolder, what: `a file ${name}` })
}

async function submodules(c: Cloning): Promise<void> {
  const { depth, submodules } = c.job.settings
  const args = [
    'submodule',
    'update',
    '--init',
    '--progress',
    ...(submodules === 'recursive' ? ['--recursive'] : []),
    ...(depth > 0 ? [`--depth=${depth}`] : []),
  ]
  const ran = await attempt(c, args)
  if (ran.code !== 0) throw ofSubmodule(ran.err, failure(c, 'get the submodules of', ran))
}

/** The address that failed is the submodule's, not the repository's. */
function ofSubmodule(text: string, found: Problem): Problem {
  const [, path] = /submodule path '([^']+)'/.exec(text) ?? []
  if (path === undefined) return found
  return problem(
    'GIT_FAILED',
    { what: `get the submodule ${path} of`, address: 'the repository', reason: found.message },
    { hint: found.diagnostic.hint, retryable: found.retryable },
  )
}

async function describe(c: Cloning, { branch, tag, pull }: Fetched): Promise<Cloned> {
  const head = await commitAt(c, 'HEAD')
  if (head === undefined) throw problem('GIT_REPOSITORY_EMPTY', { address: c.job.url })
  const facts = pull === undefined ? undefined : { ...pullFacts(pull, await fetchedPull(c, head)), ref: pull.ref }
  // What is said of a pull request is said of its own last commit, where that is at hand.
  const shown = facts === undefined ? head : ((await commitAt(c, facts.commitSha)) ?? head)
  const { parents: _parents, ...rest } = shown
  return { ...rest, ...(branch !== undefined && { branch }), ...(tag !== undefined && { tag }), ...(facts !== undefined && { pull: facts }) }
}

async function fetchedPull(c: Cloning, head: Commit): Promise<Commit> {
  return (await commitAt(c, 'FETCH_HEAD')) ?? head
}

interface Commit {
  readonly commit: string
  readonly parents: readonly string[]
  readonly author: string
  readonly authorEmail: string
  readonly message: string
}

async function commitAt({ git }: Cloning, name: string): Promise<Commit | undefined> {
  // cat-file knows the parents of a commit whose history is cut off; log does not show them.
  const raw = await git.run(['cat-file', 'commit', name])
  const shown = await git.run(['log', '-1', '--format=%H%x00%an%x00%ae%x00%B', name, '--'])
  if (raw.code !== 0 || shown.code !== 0) return undefined
  const [commit = '', author = '', authorEmail = '', message = ''] = shown.out.split('\0')
  const parents = [...(raw.out.split('\n\n', 1)[0]?.matchAll(/^parent ([0-9a-f]+)$/gm) ?? [])].map(([, sha = '']) => sha)
  return { commit, parents, author, authorEmail, message: message.trim() }
}

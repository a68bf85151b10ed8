/** Fetches the commit that is meant, and says how it is to be checked out. */
import { problem } from '../base/problem.ts'
import { describeRevision, type Revision } from '../pipeline/revision.ts'
import { didYouMean } from '../text/suggest.ts'
import { attempt, type Cloning, failure, must } from './clone-job.ts'
import type { GitRan } from './git-session.ts'
import { findPullRequest, type PullRef } from './pull-request.ts'
import { remoteRefs } from './remote-refs.ts'

export interface Fetched {
  /** Something that git knows now. */
  readonly start: string
  /** Local branch to stand on; without it the checkout is detached. */
  readonly branch?: string
  readonly tag?: string
  readonly pull?: PullRef
}

export async function fetchRevision(c: Cloning): Promise<Fetched> {
  const revision = checkedName(c.job.revision)
  switch (revision.kind) {
    case 'default':
      return fetchDefault(c)
    case 'branch':
      return fetchBranch(c, revision.name, revision.commit)
    case 'tag':
      return fetchTag(c, revision)
    case 'commit':
      return { start: await fetchCommit(c, revision.sha, 'FETCH_HEAD') }
    case 'pull-request':
      return fetchPull(c, await findPullRequest(c, revision))
  }
}

/** Names are not trusted: one that begins with a dash would be an option. */
function checkedName(revision: Revision): Revision {
  if (revision.kind === 'commit' && !/^[0-9a-f]{4,64}$/i.test(revision.sha)) throw problem('GIT_REVISION_BAD', { name: revision.sha, what: 'commit' })
  if (revision.kind !== 'branch' && revision.kind !== 'tag') return revision
  const { name, kind } = revision
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git allows none of them in names.
  if (name === '' || /^[-/]|\/$|\.\.|[\x00-\x20\x7f~^:?*[\\]|@\{|\.lock$|\/\//.test(name)) throw problem('GIT_REVISION_BAD', { name, what: kind })
  return revision
}

async function fetchDefault(c: Cloning): Promise<Fetched> {
  const { commits, defaultBranch } = await remoteRefs(c, ['HEAD'])
  const head = commits.get('HEAD')
  if (head === undefined) throw problem('GIT_REPOSITORY_EMPTY', { address: c.job.url })
  return defaultBranch === undefined ? { start: await fetchCommit(c, head, 'FETCH_HEAD') } : fetchBranch(c, defaultBranch, undefined)
}

async function fetchBranch(c: Cloning, name: string, commit: string | undefined): Promise<Fetched> {
  const start = `refs/remotes/origin/${name}`
  if (commit !== undefined) {
    await must(c, 'keep', ['update-ref', start, await fetchCommit(c, commit, 'FETCH_HEAD')])
    return { start, branch: name }
  }
  const ran = await fetch(c, `+refs/heads/${name}:${start}`)
  if (ran.code !== 0) throw await missing(c, ran, 'refs/heads/')
  return { start, branch: name }
}

async function fetchTag(c: Cloning, { name }: Extract<Revision, { kind: 'tag' }>): Promise<Fetched> {
  const ran = await fetch(c, `+refs/tags/${name}:refs/tags/${name}`)
  if (ran.code !== 0) throw await missing(c, ran, 'refs/tags/')
  return { start: `refs/tags/${name}^{commit}`, tag: name }
}

async function fetchPull(c: Cloning, pull: PullRef): Promise<Fetched> {
  const ran = await fetch(c, pull.ref, { atLeast: pull.ref.endsWith('/merge') ? 2 : 1 })
  if (ran.code !== 0) throw failure(c, 'fetch from', ran)
  return { start: pull.take === 'itself' ? 'FETCH_HEAD' : 'FETCH_HEAD^2', pull }
}

/** Servers may refuse a commit by its name: then everything is fetched, and it is looked for there. */
async function fetchCommit(c: Cloning, sha: string, start: string): Promise<string> {
  const ran = sha.length < 40 ? undefined : await fetch(c, sha)
  if (ran?.code === 0) return (await must(c, 'find the commit of', ['rev-parse', '--verify', '--quiet', `${start}^{commit}`])).out.trim()
  if (ran !== undefined && !/not our ref|unadvertised object|couldn't find remote ref|remote error/i.test(ran.err)) throw failure(c, 'fetch from', ran)
  const all = await attempt(c, ['fetch', '--progress', '--tags', 'origin', '+refs/heads/*:refs/remotes/origin/*'])
  if (all.code !== 0) throw failure(c, 'fetch from', all)
  const found = await attempt(c, ['rev-parse', '--verify', '--quiet', `${sha}^{commit}`])
  if (found.code === 0) return found.out.trim()
  const known = 'it is in no branch and no tag'
  throw problem('GIT_REVISION_MISSING', { address: c.job.url, revision: `commit ${sha}`, known })
}

async function fetch(c: Cloning, what: string, o: { readonly atLeast?: number } = {}): Promise<GitRan> {
  const { depth, tags } = c.job.settings
  const commits = depth === 0 ? 0 : Math.max(depth, o.atLeast ?? 1)
  const args = (shallow: readonly string[]) => ['fetch', '--progress', ...shallow, tags ? '--tags' : '--no-tags', 'origin', what]
  const ran = await attempt(c, args(commits === 0 ? [] : [`--depth=${commits}`]))
  // Plain files behind a web server are a repository too, but only as a whole.
  return ran.code !== 0 && /dumb http|does not support shallow/i.test(ran.err) ? attempt(c, args([])) : ran
}

async function missing(c: Cloning, ran: GitRan, folder: string): Promise<Error> {
  if (!/couldn't find remote ref/i.test(ran.err)) return failure(c, 'fetch from', ran)
  const { commits } = await remoteRefs(c, [`${folder}*`])
  const names = [...commits.keys()].filter((name) => !name.endsWith('^{}')).map((name) => name.slice(folder.length))
  const wanted = describeRevision(c.job.revision)
  const near = didYouMean(wanted.slice(wanted.indexOf(' ') + 1), names)
  const kind = folder === 'refs/tags/' ? 'tags' : 'branches'
  const some = names.length === 0 ? `there are no ${kind}` : `${kind} there: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`
  return problem('GIT_REVISION_MISSING', { address: c.job.url, revision: wanted, known: near === undefined ? some : `${near}; ${some}` })
}

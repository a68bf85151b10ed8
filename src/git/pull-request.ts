/** Pull requests without anybody's web interface: by the references that servers keep for them. */
import { diagnose } from '../base/diagnostic.ts'
import { problem } from '../base/problem.ts'
import type { Revision } from '../pipeline/revision.ts'
import type { Cloning } from './clone-job.ts'
import { branchesAt, type RemoteRefs, remoteRefs } from './remote-refs.ts'

type Pull = Extract<Revision, { readonly kind: 'pull-request' }>

/** GitHub, Gitea and Azure; GitLab; Bitbucket Server. */
const spellings = [
  { merge: 'refs/pull/N/merge', head: 'refs/pull/N/head' },
  { merge: 'refs/merge-requests/N/merge', head: 'refs/merge-requests/N/head' },
  { merge: 'refs/pull-requests/N/merge', head: 'refs/pull-requests/N/from' },
] as const

export interface PullRef {
  readonly ref: string
  /** `second parent`: the server offers only the merge, and its own last commit is meant. */
  readonly take: 'itself' | 'second parent'
  readonly merge: boolean
  readonly refs: RemoteRefs
}

export async function findPullRequest(c: Cloning, { number, merge }: Pull): Promise<PullRef> {
  if (!/^[1-9]\d*$/.test(number)) throw problem('GIT_REVISION_BAD', { name: number, what: 'pull request' })
  const named = spellings.map((one) => ({ merge: one.merge.replace('N', number), head: one.head.replace('N', number) }))
  const refs = await remoteRefs(c, ['HEAD', 'refs/heads/*', ...named.flatMap((one) => [one.merge, one.head])])
  const has = (name: string): boolean => refs.commits.has(name)
  const found = named.find((one) => has(one.merge) || has(one.head))
  if (found === undefined) throw problem('GIT_PULL_REQUEST_UNKNOWN', { address: c.job.url, number })
  if (merge && has(found.merge)) return { ref: found.merge, take: 'itself', merge: true, refs }
  if (merge) c.world.note(diagnose('GIT_PULL_REQUEST_UNMERGED', { address: c.job.url, number }))
  if (has(found.head)) return { ref: found.head, take: 'itself', merge: false, refs }
  return { ref: found.merge, take: 'second parent', merge: false, refs }
}

export interface PullFacts {
  readonly sourceBranch?: string
  readonly targetBranch?: string
  readonly baseCommitSha?: string
  readonly mergeSha?: string
  /** Last commit of the pull request itself. */
  readonly commitSha: string
}

/** Branches are known by standing at the commits in question: a source branch that is gone, or in a fork, has no name here. */
export function pullFacts({ merge, take, refs }: PullRef, fetched: { readonly commit: string; readonly parents: readonly string[] }): PullFacts {
  const [base, head] = merge || take === 'second parent' ? fetched.parents : []
  const commitSha = head ?? fetched.commit
  const [sourceBranch] = branchesAt(refs, commitSha)
  const [targetBranch] = branchesAt(refs, base)
  return {
    commitSha,
    ...(sourceBranch !== undefined && { sourceBranch }),
    ...(targetBranch !== undefined && { targetBranch }),
    ...(base !== undefined && { baseCommitSha: base }),
    ...(merge && { mergeSha: fetched.commit }),
  }
}

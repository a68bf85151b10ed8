/** `codebase.…`: what the code under build says of itself. */

import { absent, folder, later, type Slot, value } from '../../expr/scope.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import { untilCloned } from '../codebase-known.ts'

/** The name of each member, and what it says. */
const members: Readonly<Record<string, (codebase: CodebaseFacts) => string | undefined>> = {
  branch: ({ branch }) => branch,
  tag: ({ tag }) => tag,
  commitSha: ({ commitSha }) => commitSha,
  shortCommitSha: ({ commitSha }) => commitSha?.slice(0, 7),
  commitMessage: ({ commitMessage }) => commitMessage,
  commitRef: ({ commitRef, branch }) => commitRef ?? (branch === undefined ? undefined : `refs/heads/${branch}`),
  repoUrl: ({ repoUrl }) => repoUrl,
  gitUser: ({ gitUser }) => gitUser,
  gitUserEmail: ({ gitUserEmail }) => gitUserEmail,
}

const ofPullRequests: Readonly<Record<string, (codebase: CodebaseFacts) => string | undefined>> = {
  prNumber: ({ prNumber }) => prNumber,
  sourceBranch: ({ sourceBranch }) => sourceBranch,
  targetBranch: ({ targetBranch }) => targetBranch,
  baseCommitSha: ({ baseCommitSha }) => baseCommitSha,
  mergeSha: ({ mergeSha }) => mergeSha,
}

/** Only the web interface of a server knows them. */
const onServersOnly = ['prTitle', 'pullRequestLink', 'pullRequestBody', 'state']
const ofAccounts = ['gitUserId', 'gitUserAvatar']

export function codebaseFolder(codebase: CodebaseFacts | 'later'): Slot {
  const slots = (table: typeof members, why: string): Record<string, Slot> =>
    Object.fromEntries(Object.entries(table).map(([name, of]) => [name, codebase === 'later' ? later(untilCloned) : slotOf(of(codebase), why)]))
  const type = codebase === 'later' ? later(untilCloned) : value(codebase.buildType ?? (codebase.tag === undefined ? 'branch' : 'tag'))
  return folder({
    ...slots(members, unsaid),
    ...slots(ofPullRequests, 'the run builds no pull request, or its server does not say'),
    ...Object.fromEntries(onServersOnly.map((name) => [name, absent('only the web interface of the git server knows it')])),
    ...Object.fromEntries(ofAccounts.map((name) => [name, absent('commits do not say it')])),
    build: folder({ type }),
  })
}

const unsaid = 'the code under build does not say'

export function slotOf(known: string | undefined, why = unsaid): Slot {
  return known === undefined ? absent(why) : value(known)
}

/** What a clone tells to `<+codebase.…>`. */

import type { Cloned } from '../../git/clone.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import { buildTypeOf, type Revision } from '../../pipeline/revision.ts'

export function cloneFacts({ commit, message, author, authorEmail, branch, tag, pull }: Cloned, revision: Revision, url: string): CodebaseFacts {
  const common = { commitMessage: message, gitUser: author, gitUserEmail: authorEmail, repoUrl: url, buildType: buildTypeOf(revision) }
  if (pull === undefined || revision.kind !== 'pull-request') {
    const commitRef = branch !== undefined ? `refs/heads/${branch}` : tag !== undefined ? `refs/tags/${tag}` : undefined
    return {
      ...common,
      commitSha: commit,
      ...(branch !== undefined && { branch }),
      ...(tag !== undefined && { tag }),
      ...(commitRef !== undefined && { commitRef }),
    }
  }
  const { ref, ...known } = pull
  return { ...common, ...known, commitRef: ref, prNumber: revision.number, ...(known.targetBranch !== undefined && { branch: known.targetBranch }) }
}

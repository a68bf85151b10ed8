/** Code that only seems to come: nothing is fetched or written, and what would be known of it is made up from what was asked. */
import type { CodebaseFacts } from '../../../pipeline/codebase-facts.ts'
import { buildTypeOf, describeRevision, type Revision } from '../../../pipeline/revision.ts'
import type { CodePlacer } from '../../../ports/code.ts'

const madeUp = '0'.repeat(40)

export const fakeCode: CodePlacer = {
  async place({ source, into = '/harness' }, _hostPath, { say, signal }) {
    signal.throwIfAborted()
    if (source.kind === 'folder') {
      say('the code would be copied here\n')
      return { folder: into, pretended: true }
    }
    const { repository, revision } = source
    const url = repository.url ?? repository.repoName ?? repository.connector ?? 'a repository'
    say(`${url} would be cloned here, ${describeRevision(revision)}\n`)
    return { folder: into, facts: factsOf(url, revision), pretended: true }
  },
}

function factsOf(repoUrl: string, revision: Revision): CodebaseFacts {
  const commitSha = revision.kind === 'commit' ? revision.sha : ((revision.kind === 'branch' ? revision.commit : undefined) ?? madeUp)
  return {
    repoUrl,
    commitSha,
    commitMessage: 'made up by the fake infrastructure',
    gitUser: 'nobody',
    gitUserEmail: 'nobody@example.com',
    buildType: buildTypeOf(revision),
    ...(revision.kind === 'default' && { branch: 'main' }),
    ...(revision.kind === 'branch' && { branch: revision.name }),
    ...(revision.kind === 'tag' && { tag: revision.name }),
    ...(revision.kind === 'pull-request' && { prNumber: revision.number, branch: 'main', targetBranch: 'main', sourceBranch: 'source' }),
  }
}

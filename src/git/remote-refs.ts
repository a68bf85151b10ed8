/** What a server has: branches, pull requests, and which branch is its default. */
import { type Cloning, must } from './clone-job.ts'

export interface RemoteRefs {
  /** Full name of a reference to its commit. */
  readonly commits: ReadonlyMap<string, string>
  /** Name of the default branch, where the server says it. */
  readonly defaultBranch?: string
}

export async function remoteRefs(c: Cloning, patterns: readonly string[]): Promise<RemoteRefs> {
  const { out } = await must(c, 'list', ['ls-remote', '--symref', 'origin', ...patterns])
  const commits = new Map<string, string>()
  let defaultBranch: string | undefined
  for (const line of out.split('\n')) {
    const [left = '', name = ''] = line.split('\t')
    if (left.startsWith('ref: refs/heads/') && name === 'HEAD') defaultBranch = left.slice('ref: refs/heads/'.length)
    else if (name !== '') commits.set(name, left)
  }
  return { commits, ...(defaultBranch !== undefined && { defaultBranch }) }
}

/** Names of the branches that stand at a commit, the default branch first. */
export function branchesAt({ commits, defaultBranch }: RemoteRefs, commit: string | undefined): readonly string[] {
  const names = [...commits].flatMap(([name, at]) => (at === commit && name.startsWith('refs/heads/') ? [name.slice('refs/heads/'.length)] : []))
  return names.sort((a, b) => Number(b === defaultBranch) - Number(a === defaultBranch))
}

/** Which commit of a repository is meant. */
export type Revision =
  /** What the server's HEAD says: the default branch. */
  | { readonly kind: 'default' }
  | { readonly kind: 'branch'; readonly name: string /** Not its newest commit, but this one. */; readonly commit?: string }
  | { readonly kind: 'tag'; readonly name: string }
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'pull-request'; readonly number: string; readonly merge: boolean }

/** `build.type` in expressions. */
export function buildTypeOf({ kind }: Revision): 'branch' | 'tag' | 'PR' | 'commitSha' {
  return kind === 'pull-request' ? 'PR' : kind === 'commit' ? 'commitSha' : kind === 'tag' ? 'tag' : 'branch'
}

export function describeRevision(revision: Revision): string {
  switch (revision.kind) {
    case 'default':
      return 'default branch'
    case 'branch':
      return `branch ${revision.name}${revision.commit === undefined ? '' : ` at ${revision.commit.slice(0, 7)}`}`
    case 'tag':
      return `tag ${revision.name}`
    case 'commit':
      return `commit ${revision.sha}`
    case 'pull-request':
      return `pull request ${revision.number}`
  }
}

/** What stands behind `#` in `--codebase URL#…`: `branch:NAME`, `tag:NAME`, `pr:NUMBER`, `commit:SHA`, 40 hexadecimal digits, or a branch. */
export function revisionOfText(text: string): Revision {
  const [, kind, name = ''] = /^(branch|tag|pr|commit):(.+)$/.exec(text) ?? []
  switch (kind) {
    case 'tag':
      return { kind: 'tag', name }
    case 'pr':
      return { kind: 'pull-request', number: name, merge: true }
    case 'commit':
      return { kind: 'commit', sha: name }
    case 'branch':
      return { kind: 'branch', name }
    default:
      return /^[0-9a-f]{40}$/.test(text) ? { kind: 'commit', sha: text } : { kind: 'branch', name: text }
  }
}

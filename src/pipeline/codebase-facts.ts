/** What is known of the commit under build. Absent: it does not apply, or nobody says. */
export interface CodebaseFacts {
  readonly branch?: string
  readonly commitSha?: string
  readonly commitMessage?: string
  readonly repoUrl?: string
  readonly gitUser?: string
  readonly gitUserEmail?: string
  readonly tag?: string
  readonly commitRef?: string
  readonly buildType?: 'branch' | 'tag' | 'PR' | 'commitSha'
  /** Of pull requests. */
  readonly prNumber?: string
  readonly sourceBranch?: string
  readonly targetBranch?: string
  readonly baseCommitSha?: string
  readonly mergeSha?: string
}

/** From a git connector and the name of a repository to its address. */

export interface RepositoryName {
  readonly repoName?: string
  readonly projectName?: string
}

export interface GitAddress {
  /** Type of the connector: Github, AzureRepo, Git and so on. */
  readonly type: string
  readonly url: string
  /** Whether the URL is of one repository, or of an account, project or region that has many. */
  readonly holds: 'one' | 'many'
}

/** Undefined when the connector is for many repositories and none is named. */
export function repositoryUrl({ type, url, holds }: GitAddress, { repoName, projectName }: RepositoryName): string | undefined {
  if (holds === 'one') return url
  if (repoName === undefined || repoName === '') return undefined
  const base = url.replace(/\/+$/, '')
  const name = repoName.replace(/^\/+/, '')
  // Azure has the repositories of a project behind /_git/, except over ssh.
  if (type !== 'AzureRepo' || isSsh(base)) return [base, projectName, name].filter(Boolean).join('/')
  return [base, projectName, '_git', name].filter(Boolean).join('/')
}

/** `ssh://…` and `git@host:path`. */
export function isSsh(url: string): boolean {
  return /^ssh:\/\//i.test(url) || /^[^/:@\s]+@[^/:\s]+:/.test(url)
}

/** The last part of an address: the folder that a clone goes to where none is named. */
export function nameOfRepository(url: string): string {
  return (
    url
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '')
      .split(/[/:]/)
      .at(-1)
      ?.replace(/\.git$/, '') ?? ''
  )
}

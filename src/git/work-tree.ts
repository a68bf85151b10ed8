/** The code under build: which git work tree holds a file, what its HEAD is, and which files belong to it. */
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type GitOptions, runGit } from './run-git.ts'

type Options = Omit<GitOptions, 'cwd'>

/** The nearest folder above `start` that has a `.git`. Found by looking, so that it also works where git is not installed. */
export async function findWorkTree(start: string): Promise<string | undefined> {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = await access(join(folder, '.git')).then(
      () => true,
      () => false,
    )
    if (found) return folder
    if (dirname(folder) === folder) return undefined
  }
}

/** Tracked and new files that git does not ignore, relative to `folder`; undefined when git cannot say. */
export async function listFiles(folder: string, o: Options): Promise<readonly string[] | undefined> {
  const listed = await runGit(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'], { ...o, cwd: folder })
  return listed?.split('\0').filter((name) => name !== '')
}

export interface HeadFacts {
  readonly commitSha: string
  readonly branch?: string
  readonly commitMessage: string
  readonly author: string
  readonly authorEmail: string
  readonly remoteUrl?: string
}

/** undefined outside a work tree, without git, and before the first commit. */
export async function headFacts(folder: string, o: Options): Promise<HeadFacts | undefined> {
  const shown = await runGit(['log', '-1', '--format=%H%x00%an%x00%ae%x00%B'], { ...o, cwd: folder })
  if (shown === undefined) return undefined
  const [commitSha = '', author = '', authorEmail = '', message = ''] = shown.split('\0')
  const branch = await runGit(['symbolic-ref', '--short', '-q', 'HEAD'], { ...o, cwd: folder })
  const remote = await runGit(['config', '--get', 'remote.origin.url'], { ...o, cwd: folder })
  return {
    commitSha,
    author,
    authorEmail,
    commitMessage: message.trim(),
    ...(branch !== undefined && { branch: branch.trim() }),
    ...(remote !== undefined && { remoteUrl: remote.trim() }),
  }
}

/** Local ones, by name; none where git cannot say. */
export async function branchesOf(folder: string, o: Options): Promise<readonly string[]> {
  const listed = await runGit(['for-each-ref', '--format=%(refname:short)', 'refs/heads'], { ...o, cwd: folder })
  return listed?.split('\n').filter((name) => name !== '') ?? []
}

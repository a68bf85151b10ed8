/** The code under build of a pipeline file: the git work tree that holds it, else its folder; and what HEAD says. */

import { dirname } from 'node:path'
import { branchesOf, findWorkTree, headFacts } from '../../git/work-tree.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'

export interface FindOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

export async function codebaseOfFile(file: string, o: FindOptions): Promise<{ readonly folder: string; readonly facts: CodebaseFacts }> {
  const folder = dirname(file)
  return codebaseAt((await findWorkTree(folder)) ?? folder, o)
}

export async function codebaseAt(folder: string, o: FindOptions): Promise<{ readonly folder: string; readonly facts: CodebaseFacts }> {
  const head = await headFacts(folder, o)
  if (head === undefined) return { folder, facts: {} }
  const { commitSha, commitMessage, branch, author, authorEmail, remoteUrl } = head
  const facts: CodebaseFacts = {
    commitSha,
    commitMessage,
    gitUser: author,
    gitUserEmail: authorEmail,
    ...(branch !== undefined && { branch }),
    ...(remoteUrl !== undefined && { repoUrl: remoteUrl }),
  }
  return { folder, facts }
}

/** Of the work tree that holds a file. */
export async function branchesOfFile(file: string, o: FindOptions): Promise<readonly string[]> {
  const folder = await findWorkTree(dirname(file))
  return folder === undefined ? [] : branchesOf(folder, o)
}

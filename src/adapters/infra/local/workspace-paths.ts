/** Paths as steps spell them: `/harness/x` and `x` are the same file of the workspace. */
import { isAbsolute, relative, resolve } from 'node:path'
import { problem } from '../../../base/problem.ts'

const root = '/harness'

/** Refuses to leave the workspace; other absolute paths are the machine's own and stay as they are. */
export function hostPath(workspace: string, path: string): string {
  const inside = path === root || path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path
  if (isAbsolute(inside)) return inside
  const full = resolve(workspace, inside)
  if (relative(workspace, full).startsWith('..')) throw problem('WORKSPACE_ESCAPE', { path })
  return full
}

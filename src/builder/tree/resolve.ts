/** Follows symbolic links inside a tree, as if its root were the root of the system: no link leads out. */
import { problem } from '../../base/problem.ts'
import { joinPath, parentOf, type TreeNode, type Waiting } from './node.ts'

/** Asks for one path; links are not followed by it. */
export type Find = (path: string, o: Waiting) => Promise<TreeNode | undefined>

const mostLinks = 255

/** The real path. Parts that do not exist are taken as they are. The last part is followed too unless `keepLast`. */
export async function resolvePath(find: Find, path: string, o: Waiting & { readonly keepLast?: boolean }): Promise<string> {
  const waiting = path.split('/').reverse()
  let at = ''
  let links = 0
  while (waiting.length > 0) {
    const part = waiting.pop() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      at = parentOf(at)
      continue
    }
    const next = joinPath(at, part)
    const last = waiting.every((rest) => rest === '')
    const node = last && o.keepLast ? undefined : await find(next, o)
    if (node?.kind !== 'symlink') {
      at = next
      continue
    }
    if (++links > mostLinks)
      throw problem('BUILD_DESTINATION_INVALID', { instruction: 'The build', path: `/${path}`, reason: 'its symbolic links go in circles' })
    if (node.target.startsWith('/')) at = ''
    waiting.push(...node.target.split('/').reverse())
  }
  return at
}

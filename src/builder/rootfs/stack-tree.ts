/** A stack of layers as a tree. */
import { problem } from '../../base/problem.ts'
import { resolveLink } from '../../tar/safe-path.ts'
import { rootFolder } from '../tree/empty-tree.ts'
import { comparePaths, joinPath, type Tree, type TreeNode } from '../tree/node.ts'
import { type LayerStack, lookUp, namesIn } from './stack-lookup.ts'

/** The layers are asked for when the first question comes. */
export function stackTree(layers: () => Promise<LayerStack>): Tree {
  return {
    find: async (path) => (path === '' ? rootFolder : lookUp(await layers(), path)),
    async list(path) {
      const stack = await layers()
      const names = [...namesIn(stack, path)].sort(comparePaths)
      return new Map(names.flatMap((name) => pair(name, lookUp(stack, joinPath(path, name)))))
    },
  }
}

function pair(name: string, node: TreeNode | undefined): (readonly [string, TreeNode])[] {
  return node === undefined ? [] : [[name, node]]
}

/** The path that a link leads to, other links on the way followed too. */
export function linkTarget(layers: LayerStack, path: string): string {
  let at = path
  for (let links = 0; links < 40; links++) {
    const node = lookUp(layers, at)
    if (node?.kind !== 'symlink') return at
    at = resolveLink(at, node.target)
  }
  throw problem('TAR_PATH_ESCAPES', { path, reason: 'its symbolic links go in circles' })
}

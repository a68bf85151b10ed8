/** A stack of layer folders as a tree. */
import { lstatSync, readlinkSync } from 'node:fs'
import { problem } from '../../base/problem.ts'
import { resolveLink } from '../../tar/safe-path.ts'
import { rootFolder } from '../tree/empty-tree.ts'
import { comparePaths, joinPath, type Tree, type TreeNode } from '../tree/node.ts'
import { type LayerFolders, locate, namesIn } from './stack-lookup.ts'
import { nodeOf } from './upper.ts'

/** The folders are asked for when the first question comes. */
export function folderTree(layers: () => Promise<LayerFolders>): Tree {
  return {
    find: async (path) => (path === '' ? rootFolder : nodeAt(await layers(), path)),
    async list(path) {
      const stack = await layers()
      const names = [...namesIn(stack, path)].sort(comparePaths)
      return new Map(names.flatMap((name) => pair(name, nodeAt(stack, joinPath(path, name)))))
    },
  }
}

function pair(name: string, node: TreeNode | undefined): (readonly [string, TreeNode])[] {
  return node === undefined ? [] : [[name, node]]
}

function nodeAt(layers: LayerFolders, path: string): TreeNode | undefined {
  const found = locate(layers, path)
  return found && nodeOf(found.file, lstatSync(found.file, { bigint: true }), { content: found.file, attributes: found.layer.attributes.get(path) })
}

/** The path that a link leads to, other links on the way followed too. */
export function linkTarget(layers: LayerFolders, path: string): string {
  let at = path
  for (let links = 0; links < 40; links++) {
    const found = locate(layers, at)
    if (found === undefined || !found.stats.isSymbolicLink()) return at
    at = resolveLink(at, readlinkSync(found.file))
  }
  throw problem('TAR_PATH_ESCAPES', { path, reason: 'its symbolic links go in circles' })
}

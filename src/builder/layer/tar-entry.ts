/** A tree node as a tar entry. Times are whole seconds, as BuildKit's layers have them. */
import type { TarEntry } from '../../tar/entry.ts'
import type { TreeNode } from '../tree/node.ts'

const second = 1_000_000_000n

/** `target`: the path of an earlier name of the same file. */
export function tarEntry(path: string, node: TreeNode, target?: string): TarEntry {
  const whole = node.mtimeNs - (((node.mtimeNs % second) + second) % second)
  const common = { path, mode: node.mode, uid: node.uid, gid: node.gid, mtimeNs: whole, ...(node.xattrs !== undefined && { xattrs: node.xattrs }) }
  switch (node.kind) {
    case 'file':
      return target === undefined ? { kind: 'file', ...common, size: node.size } : { kind: 'hardlink', ...common, target }
    case 'symlink':
      return { kind: 'symlink', ...common, target: node.target }
    case 'char':
    case 'block':
      return { kind: node.kind, ...common, major: node.major, minor: node.minor }
    default:
      return { kind: node.kind, ...common }
  }
}

/** What a RUN changed as the content of a layer: removed paths are `.wh.` files, as BuildKit's. */
import type { UpperChanges } from '../rootfs/upper.ts'
import { comparePaths, type FileNode, joinPath, nameOf, parentOf, type TreeNode } from '../tree/node.ts'
import type { Changes } from './write-layer.ts'

const whiteout: FileNode = { kind: 'file', mode: 0, uid: 0, gid: 0, mtimeNs: 0n, size: 0, content: async () => new Uint8Array(), fingerprint: 'whiteout' }

/** `mtimeNs`: the time of everything, where the image is to be the same each time. */
export function upperLayer({ changed, removed }: UpperChanges, o: { readonly mtimeNs?: bigint | undefined }): Changes {
  const hidden = removed.map((path) => [joinPath(parentOf(path), `.wh.${nameOf(path)}`), whiteout] as const)
  const nodes = changed.map(([path, node]) => [path, timed(node, o.mtimeNs)] as const)
  return [...hidden, ...nodes].sort(([a], [b]) => comparePaths(a, b))
}

function timed(node: TreeNode, mtimeNs: bigint | undefined): TreeNode {
  return mtimeNs === undefined ? node : { ...node, mtimeNs }
}

/** Nothing: what FROM scratch begins with. */
import type { DirNode, Tree } from './node.ts'

export const rootFolder: DirNode = { kind: 'dir', mode: 0o755, uid: 0, gid: 0, mtimeNs: 0n }

export const emptyTree: Tree = {
  find: async (path) => (path === '' ? rootFolder : undefined),
  list: async () => new Map(),
}

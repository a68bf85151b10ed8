/** Nothing: what FROM scratch begins with. */
import type { Tree } from './node.ts'

export const emptyTree: Tree = {
  find: async () => undefined,
  list: async () => new Map(),
}

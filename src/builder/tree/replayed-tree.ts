/** A stage's tree of which parts are still to be carried out: instructions whose outcome is known wait until somebody looks. */
import { once } from '../../oci/once.ts'
import type { Tree } from './node.ts'
import type { WorkingTree } from './working-tree.ts'

export interface ReplayedTree {
  /** What instructions write to, after `settle`. */
  readonly working: WorkingTree
  /** For everybody else: looking settles it. */
  readonly seen: Tree
  /** Puts work off. It is done once, after all that was put off before. */
  later<T>(work: () => Promise<T>): () => Promise<T>
  settle(): Promise<void>
}

export function replayedTree(working: WorkingTree): ReplayedTree {
  let last: () => Promise<unknown> = async () => undefined
  const settle = async (): Promise<void> => void (await last())
  return {
    working,
    settle,
    later(work) {
      const before = last
      const replay = once(async () => {
        await before()
        return work()
      })
      last = replay
      return replay
    },
    seen: {
      async find(path, o) {
        await settle()
        return working.find(path, o)
      },
      async list(path, o) {
        await settle()
        return working.list(path, o)
      },
    },
  }
}

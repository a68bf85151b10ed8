/** Creates a folder and all missing ones above it, following links, as `mkdir -p` does. */
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { parentOf, type Waiting } from './node.ts'
import { resolvePath } from './resolve.ts'
import type { WorkingTree } from './working-tree.ts'

export interface NewFolders extends Waiting {
  readonly owner: { readonly uid: number; readonly gid: number }
  readonly mtimeNs: bigint
  /** Of the last one; those above it have the usual one. */
  readonly mode?: number
  /** For messages. */
  readonly instruction: string
  readonly at: Span
}

/** Answers the real path of the folder. */
export async function makeFolders(tree: WorkingTree, path: string, o: NewFolders): Promise<string> {
  const real = await resolvePath(tree.peek, path, o)
  const parts = real === '' ? [] : real.split('/')
  for (let i = 1; i <= parts.length; i++) {
    const at = parts.slice(0, i).join('/')
    const node = await tree.peek(at, o)
    if (node === undefined) {
      tree.put(at, { kind: 'dir', mode: (i === parts.length ? o.mode : undefined) ?? 0o755, uid: o.owner.uid, gid: o.owner.gid, mtimeNs: o.mtimeNs })
      tree.touch(parentOf(at))
    } else if (node.kind !== 'dir')
      throw problem('BUILD_DESTINATION_INVALID', { instruction: o.instruction, path: `/${path}`, reason: `/${at} is no directory` }, { at: o.at })
  }
  return real
}

/** How COPY and ADD make the folders that are missing on the way to their destination. */
import type { CopyOp } from '../lower/op.ts'
import type { NewFolders } from '../tree/make-folders.ts'
import type { CopyWorld } from './copy.ts'
import type { Placing } from './place.ts'

export function folderOptions(op: CopyOp, world: CopyWorld, placing: Placing): NewFolders {
  return { signal: world.signal, owner: placing.owner ?? { uid: 0, gid: 0 }, mtimeNs: world.createdNs, instruction: op.instruction, at: op.at }
}

/** Reports of steps as files: whole or not at all. What is no file, such as a pipe or a device, is written to as it is. */
import { stat, writeFile } from 'node:fs/promises'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import { ifPresent } from '../../media/file-errors.ts'
import { ownedLikeFolder } from '../../media/owned-like-folder.ts'
import type { WriteFile } from '../../ports/write-file.ts'

export const writeReport: WriteFile = async (path, text, { signal }) => {
  signal.throwIfAborted()
  const there = await ifPresent(stat(path))
  if (there !== undefined && !there.isFile() && !there.isDirectory()) await writeFile(path, text, { signal })
  else await ownedLikeFolder(path, () => writeFileAtomically(path, text, { durability: 'fast' }))
}

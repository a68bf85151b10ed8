/** What root writes into somebody's folder is that person's: they shall be able to read, move and remove it. */
import { lchown, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ifPresent } from './file-errors.ts'
import { thisUser } from './this-user.ts'

/** Makes missing folders above `path`, lets `write` make it, and gives what is new to the owner of the folder that was there before. */
export async function ownedLikeFolder(path: string, write: () => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const made: string[] = []
  let above = folder
  let owner = await ifPresent(stat(above))
  while (owner === undefined && dirname(above) !== above) {
    made.push(above)
    above = dirname(above)
    owner = await ifPresent(stat(above))
  }
  if (made.length > 0) await mkdir(folder, { recursive: true, mode: 0o755 })
  await write()
  if (owner === undefined || thisUser().uid !== 0 || owner.uid === 0) return
  for (const one of [...made, path]) await lchown(one, owner.uid, owner.gid)
}

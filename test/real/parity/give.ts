/** Gives the files of a case to nobody: builders without root have to read them, and none of them may tell owners of a context. */
import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Who has one id, and a range of them where a file says so. */
export const nobody = { uid: 65534, gid: 65534 }

const taken = 0o6000

export function giveToNobody(path: string): void {
  const { mode } = lstatSync(path)
  lchownSync(path, nobody.uid, nobody.gid)
  const isFolder = (mode & 0o170000) === 0o040000
  // Giving a file away takes its setuid bits.
  if (!isFolder && (mode & taken) !== 0) chmodSync(path, mode & 0o7777)
  if (isFolder) for (const name of readdirSync(path)) giveToNobody(join(path, name))
}

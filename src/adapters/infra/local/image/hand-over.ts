/** Gives a folder and all in it to a user. What vanishes meanwhile is nobody's business any more. */
import { lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from '../../../../media/file-errors.ts'

export async function handOver(path: string, uid: number, gid: number): Promise<void> {
  const facts = await ifPresent(lstat(path))
  if (facts === undefined) return
  if (facts.uid !== uid || facts.gid !== gid) await ifPresent(lchown(path, uid, gid))
  if (!facts.isDirectory()) return
  for (const name of (await ifPresent(readdir(path))) ?? []) await handOver(join(path, name), uid, gid)
}

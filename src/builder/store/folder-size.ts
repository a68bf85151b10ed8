/** How much room a folder takes. Of folders that never change it is counted once, and written beside. */
import { lstat, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from '../../media/file-errors.ts'

const sizeFile = 'size'

export async function folderSize(folder: string, forGood: boolean): Promise<number> {
  const known = forGood ? Number((await ifPresent(readFile(join(folder, sizeFile), 'utf8'))) ?? Number.NaN) : Number.NaN
  if (Number.isSafeInteger(known)) return known
  const bytes = await count(folder)
  if (forGood) await remember(folder, bytes).catch(() => undefined)
  return bytes
}

/** Counting is not using: the folder is as old as it was. */
async function remember(folder: string, bytes: number): Promise<void> {
  const { atime, mtime } = await lstat(folder)
  await writeFile(join(folder, sizeFile), String(bytes))
  await utimes(folder, atime, mtime)
}

/** Blocks, not lengths: files may have holes. What goes away meanwhile, or may not be looked into, counts nothing. */
async function count(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    const facts = await lstat(path).catch(() => undefined)
    bytes += (facts?.blocks ?? 0) * 512
    if (entry.isDirectory()) bytes += await count(path)
  }
  return bytes
}

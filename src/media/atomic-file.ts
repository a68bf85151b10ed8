/** Files that appear whole or not at all, also when the machine stops in the middle: temporary file, fsync, rename, fsync of the folder. */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ifPresent } from './file-errors.ts'

/** `fast` leaves out fsync: for tests and for what can be made again. */
export type Durability = 'safe' | 'fast'

export const temporaryMark = '.slipway-tmp-'

export interface AtomicOptions {
  readonly durability?: Durability
  /** Mode of the finished file. */
  readonly mode?: number
}

/** `write` fills the temporary file; when it throws, nothing is left and an older file stays. Missing parents are made, 0755. */
export async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>, o: AtomicOptions = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const temporary = join(dirname(path), `${temporaryMark}${basename(path).slice(0, 100)}-${randomUUID()}`)
  const file = await open(temporary, 'wx', o.mode ?? 0o644)
  try {
    try {
      await write(file)
      if (o.durability !== 'fast') await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  if (o.durability !== 'fast') await syncFolder(dirname(path))
}

/** Makes a rename in the folder last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export async function writeFileAtomically(path: string, bytes: Uint8Array | string, o: AtomicOptions = {}): Promise<void> {
  await writeAtomically(path, (file) => file.writeFile(bytes), o)
}

/** Removes what crashes left below a folder of files begun before `beforeMs`; answers how many. */
export async function sweepTemporaries(dir: string, beforeMs: number): Promise<number> {
  let removed = 0
  for (const entry of (await ifPresent(readdir(dir, { withFileTypes: true }))) ?? []) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) removed += await sweepTemporaries(path, beforeMs)
    if (!entry.isFile() || !entry.name.startsWith(temporaryMark)) continue
    const facts = await ifPresent(stat(path))
    if (facts === undefined || facts.mtimeMs >= beforeMs) continue
    await rm(path, { force: true })
    removed++
  }
  return removed
}

/** Gives a stage its own copy of the code under build: what git knows and does not ignore, by reflink where the file system can. */
import { constants, type Stats } from 'node:fs'
import { chmod, copyFile, cp, lstat, mkdir, readlink, symlink, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { listFiles } from '../../../git/work-tree.ts'

export interface CopyOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly note: (note: Diagnostic) => void
}

export async function copyCodebase(from: string, to: string, o: CopyOptions): Promise<void> {
  const files = await listFiles(from, o)
  if (files === undefined) return copyWhole(from, to, o)
  const made = new Set<string>()
  for (const name of files) {
    o.signal.throwIfAborted()
    const target = join(to, name)
    const folder = dirname(target)
    if (!made.has(folder)) await mkdir(folder, { recursive: true })
    made.add(folder)
    await copyOne(join(from, name), target)
  }
}

/** A tracked file may be deleted in the work tree, and a submodule or nested repository is listed as a folder. */
async function copyOne(from: string, to: string): Promise<void> {
  const stats = await lstat(from).catch(() => undefined)
  if (stats === undefined) return
  if (stats.isSymbolicLink()) return symlink(await readlink(from), to)
  if (stats.isDirectory()) return cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  if (stats.isFile()) return copyRegular(from, to, stats)
}

async function copyRegular(from: string, to: string, stats: Stats): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, stats.mode & 0o7777)
  await utimes(to, stats.atimeMs / 1000, stats.mtimeMs / 1000)
}

async function copyWhole(from: string, to: string, o: CopyOptions): Promise<void> {
  o.note(diagnose('CODEBASE_WITHOUT_GIT', { folder: from }))
  const skip = new Set(['.git', 'node_modules'])
  await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter: (path) => path === from || !skip.has(basename(path)) })
}

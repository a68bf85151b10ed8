/** Gives a stage its own copy of the code under build: what git knows and does not ignore, by reflink where the file system can. */
import { constants, type Stats } from 'node:fs'
import { chmod, copyFile, lstat, mkdir, readdir, readlink, symlink, utimes } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { listFiles } from '../../git/work-tree.ts'

export interface CopyOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly note: (note: Diagnostic) => void
  /** Folders to leave out with all that is in them: the data folder may lie inside the code, and the copy in it. */
  readonly skip: readonly string[]
  /** Whoever filled the folder has left out what does not belong to it. */
  readonly all?: true
}

/** Answers how many files there are. */
export async function copyCodebase(from: string, to: string, o: CopyOptions): Promise<number> {
  const files = o.all === true ? undefined : await listFiles(from, o)
  const copying: Copying = { o, skip: new Set([...o.skip, to].map((path) => resolve(path))), made: new Set(), count: { files: 0 } }
  if (o.all === true) {
    await copyFolder(from, to, copying)
    return copying.count.files
  }
  if (files === undefined) {
    o.note(diagnose('CODEBASE_WITHOUT_GIT', { folder: from }))
    await copyFolder(from, to, { ...copying, unwanted: new Set(['.git', 'node_modules']) })
    return copying.count.files
  }
  const skipped = [...copying.skip].map((path) => relative(from, path)).filter((path) => !path.startsWith('..'))
  for (const name of files) {
    if (skipped.some((folder) => name === folder || name.startsWith(`${folder}/`))) continue
    await copyOne(join(from, name), join(to, name), copying)
  }
  return copying.count.files
}

interface Copying {
  readonly o: CopyOptions
  readonly skip: ReadonlySet<string>
  /** Names that are left out wherever they are. */
  readonly unwanted?: ReadonlySet<string>
  readonly made: Set<string>
  readonly count: { files: number }
}

/** A tracked file may be deleted in the work tree, and a submodule or nested repository is listed as a folder. */
async function copyOne(from: string, to: string, copying: Copying): Promise<void> {
  copying.o.signal.throwIfAborted()
  const stats = await lstat(from).catch(() => undefined)
  if (stats === undefined || copying.unwanted?.has(basename(from)) === true || copying.skip.has(resolve(from))) return
  const folder = dirname(to)
  if (!copying.made.has(folder)) await mkdir(folder, { recursive: true })
  copying.made.add(folder)
  if (stats.isDirectory()) return copyFolder(from, to, copying)
  if (!stats.isSymbolicLink() && !stats.isFile()) return
  copying.count.files += 1
  return stats.isSymbolicLink() ? symlink(await readlink(from), to) : copyRegular(from, to, stats)
}

async function copyFolder(from: string, to: string, copying: Copying): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) await copyOne(join(from, name), join(to, name), copying)
}

async function copyRegular(from: string, to: string, stats: Stats): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, stats.mode & 0o7777)
  await utimes(to, stats.atimeMs / 1000, stats.mtimeMs / 1000)
}

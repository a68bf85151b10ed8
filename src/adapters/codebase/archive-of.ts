/** Files of a folder as a tar to be sent away: the code under build without what git ignores, or all that there is. */
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { listFiles } from '../../git/work-tree.ts'
import { type TarItem, writeTar } from '../../tar/write-tar.ts'

export interface ArchiveOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Left out, wherever they are in it. */
  readonly skip: readonly string[]
}

export interface FolderArchive {
  readonly files: number
  readonly bytes: number
  /** Git was asked what belongs to it. */
  readonly byGit: boolean
  /** Its name, where it is one file and no folder. */
  readonly only?: string
  open(): Readable
}

interface Found {
  readonly path: string
  readonly full: string
  readonly facts: Stats
}

/** As a copy of the work tree has it (`copy-codebase.ts`). */
export async function archiveOfCode(folder: string, o: ArchiveOptions): Promise<FolderArchive> {
  const listed = await listFiles(folder, o)
  const unwanted = listed === undefined ? ['.git', 'node_modules'] : []
  return archived(await found(folder, listed ?? [''], { ...o, unwanted }), listed !== undefined, o)
}

/** A folder with all that is in it, or one file. */
export async function archiveOfAll(path: string, o: ArchiveOptions): Promise<FolderArchive> {
  const facts = await lstat(path)
  const [root, names] = facts.isDirectory() ? [path, ['']] : [dirname(path), [basename(path)]]
  const archive = archived(await found(root, names, { ...o, unwanted: [] }), false, o)
  return facts.isDirectory() ? archive : { ...archive, only: basename(path) }
}

async function found(root: string, names: readonly string[], o: ArchiveOptions & { readonly unwanted: readonly string[] }): Promise<readonly Found[]> {
  const skip = o.skip.map((path) => relative(root, resolve(path))).filter((path) => path !== '' && !path.startsWith('..'))
  const all: Found[] = []
  const add = async (path: string): Promise<void> => {
    o.signal.throwIfAborted()
    if (skip.includes(path) || skip.some((folder) => path.startsWith(`${folder}/`)) || o.unwanted.includes(basename(path))) return
    const full = join(root, path)
    // One that git knows may be gone in the work tree.
    const facts = await lstat(full).catch(() => undefined)
    if (facts === undefined) return
    if (facts.isFile() || facts.isSymbolicLink() || (facts.isDirectory() && path !== '')) all.push({ path, full, facts })
    if (facts.isDirectory()) for (const name of await readdir(full)) await add(path === '' ? name : `${path}/${name}`)
  }
  for (const name of names) await add(name)
  return all
}

function archived(all: readonly Found[], byGit: boolean, { signal }: ArchiveOptions): FolderArchive {
  const files = all.filter(({ facts }) => !facts.isDirectory())
  return {
    files: files.length,
    bytes: files.reduce((sum, { facts }) => sum + facts.size, 0),
    byGit,
    open: () => writeTar(items(all), { signal }),
  }
}

async function* items(all: readonly Found[]): AsyncGenerator<TarItem> {
  for (const { path, full, facts } of all) {
    const common = { path, mode: facts.mode & 0o7777, uid: 0, gid: 0, mtimeNs: BigInt(Math.round(facts.mtimeMs * 1000)) * 1000n }
    if (facts.isDirectory()) yield { entry: { ...common, kind: 'dir' } }
    else if (facts.isSymbolicLink()) yield { entry: { ...common, kind: 'symlink', target: await readlink(full) } }
    else if (facts.size === 0) yield { entry: { ...common, kind: 'file', size: 0 } }
    else yield { entry: { ...common, kind: 'file', size: facts.size }, body: async () => createReadStream(full) }
  }
}

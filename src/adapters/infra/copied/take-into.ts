/** A tar of the other side into the folder here: what it has is here then, and what it has no more is gone, unless it was changed here. */
import { randomUUID } from 'node:crypto'
import { chmod, link, lstat, mkdir, open, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { problem } from '../../../base/problem.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import { fileSink } from '../../../media/file-sink.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar, type TarRead } from '../../../tar/read-tar.ts'
import { safePath } from '../../../tar/safe-path.ts'
import { type Stamps, stampOf } from './changed-files.ts'

interface Waiting {
  readonly signal: AbortSignal
}

interface Taking extends Waiting {
  readonly folder: string
  readonly stamps: Stamps
  /** Folders that were seen to be folders, by their paths below the folder. */
  readonly folders: Set<string>
  readonly seen: Set<string>
}

export async function takeInto(folder: string, tar: Readable, stamps: Stamps, { signal }: Waiting): Promise<void> {
  const o: Taking = { folder, stamps, signal, folders: new Set(['']), seen: new Set(['']) }
  try {
    for await (const read of readTar(streamSource(tar), { signal })) {
      const [, ...rest] = safePath(read.entry.path).split('/')
      if (rest.length > 0) await take(rest.join('/'), read, o)
    }
  } finally {
    tar.destroy()
  }
  await removeOthers(o)
}

async function take(path: string, read: TarRead, o: Taking): Promise<void> {
  o.seen.add(path)
  const full = join(o.folder, path)
  await parentOf(path, o)
  if (await changedHere(path, o)) return
  const { entry } = read
  if (entry.kind === 'dir') {
    const facts = await ifPresent(lstat(full))
    if (facts !== undefined && !facts.isDirectory()) await rm(full, { force: true })
    await mkdir(full, { recursive: true })
    // This process has to be able to write below.
    await chmod(full, entry.mode | 0o700)
    o.folders.add(path)
  } else if (entry.kind === 'file') await writeFile(full, read, o)
  else if (entry.kind === 'symlink') await renamed(full, o, (temporary) => symlink(entry.target, temporary))
  else if (entry.kind === 'hardlink') await linked(full, entry.target, o)
  else return
  o.stamps.set(path, stampOf(await lstat(full, { bigint: true })))
}

/** Since both sides were the same last. Folders are as what is in them. */
async function changedHere(path: string, { folder, stamps }: Taking): Promise<boolean> {
  const facts = await ifPresent(lstat(join(folder, path), { bigint: true }))
  return facts !== undefined && !facts.isDirectory() && stamps.get(path) !== stampOf(facts)
}

/** No link leads out of the folder: what lies above an entry is a folder, or the archive is none of a file system. */
async function parentOf(path: string, { folder, folders }: Taking): Promise<void> {
  const parent = dirname(path) === '.' ? '' : dirname(path)
  if (folders.has(parent)) return
  const parts = parent.split('/')
  for (const [i] of parts.entries()) {
    const above = parts.slice(0, i + 1).join('/')
    const facts = await ifPresent(lstat(join(folder, above)))
    if (facts !== undefined && !facts.isDirectory()) throw problem('TAR_PATH_ESCAPES', { path, reason: `${above} is no folder` })
    if (facts === undefined) await mkdir(join(folder, above))
    folders.add(above)
  }
}

async function writeFile(full: string, { entry, body }: TarRead, o: Taking): Promise<void> {
  await renamed(full, o, async (temporary) => {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await pipeline(Readable.from(body(), { objectMode: false }), fileSink(file), { signal: o.signal })
    } finally {
      await file.close()
    }
    await chmod(temporary, entry.mode)
    const seconds = Number(entry.mtimeNs) / 1e9
    await utimes(temporary, seconds, seconds)
  })
}

async function linked(full: string, target: string, o: Taking): Promise<void> {
  const [, ...rest] = safePath(target).split('/')
  const first = rest.join('/')
  if (!o.seen.has(first)) throw problem('TAR_PATH_ESCAPES', { path: target, reason: 'a link to what is not in the archive' })
  await renamed(full, o, (temporary) => link(join(o.folder, first), temporary))
}

async function renamed(full: string, { folder }: Taking, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(folder), `taken-${randomUUID()}`)
  try {
    await make(temporary)
    const facts = await ifPresent(lstat(full))
    if (facts?.isDirectory() === true) await rm(full, { recursive: true, force: true })
    await rename(temporary, full)
  } finally {
    await rm(temporary, { force: true })
  }
}

async function removeOthers(o: Taking): Promise<void> {
  for (const path of [...o.stamps.keys()].sort().reverse()) {
    if (o.seen.has(path)) continue
    const known = o.stamps.get(path)
    o.stamps.delete(path)
    if (!(await belowFolders(path, o))) continue
    const facts = await ifPresent(lstat(join(o.folder, path), { bigint: true }))
    if (facts === undefined) continue
    if (facts.isDirectory()) await rmdir(join(o.folder, path)).catch(() => undefined)
    else if (known === stampOf(facts)) await rm(join(o.folder, path), { force: true })
  }
}

/** What was a folder may be a link now. */
async function belowFolders(path: string, { folder }: Taking): Promise<boolean> {
  const parts = path.split('/').slice(0, -1)
  for (const [i] of parts.entries()) {
    const facts = await ifPresent(lstat(join(folder, ...parts.slice(0, i + 1))))
    if (facts?.isDirectory() !== true) return false
  }
  return true
}

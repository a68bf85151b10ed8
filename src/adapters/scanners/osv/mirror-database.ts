/** A mirror named in place of a database: imported when it is first used, and again when it has changed. */
import { createHash } from 'node:crypto'
import { open, opendir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instant } from '../../../base/clock.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import { sniffCompression } from '../../../oci/decompress.ts'
import { importAdvisories } from './import-advisories.ts'

export interface MirrorOptions {
  /** Where what was imported is kept. */
  readonly dir: string
  readonly nowMs: Instant
  readonly signal: AbortSignal
}

/** The path of a database: the one that was given, unless it is a mirror. */
export async function databaseFor(path: string, o: MirrorOptions): Promise<string> {
  const facts = await ifPresent(stat(path))
  if (facts === undefined || !(facts.isDirectory() || (await isArchive(path)))) return path
  const mark = facts.isDirectory() ? await markOfFolder(path, o) : markOf('', facts)
  const name = `${hash(path).slice(0, 16)}-${hash(mark).slice(0, 16)}.db`
  const database = join(o.dir, name)
  if ((await ifPresent(stat(database))) === undefined) {
    await importAdvisories({ ...o, sources: [path], database, mayBeEmpty: true })
    await forgetOlder(o.dir, name)
  }
  return database
}

async function isArchive(path: string): Promise<boolean> {
  if (/\.(?:json|tar)$/.test(path)) return true
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(8)
    await file.read(head, 0, 8, 0)
    return head.toString('latin1', 0, 4) === 'PK\x03\x04' || sniffCompression(head) !== 'none'
  } finally {
    await file.close()
  }
}

function markOf(name: string, { size, mtimeMs, ino }: { readonly size: number; readonly mtimeMs: number; readonly ino: number }): string {
  return `${name} ${size} ${mtimeMs} ${ino}`
}

/** Names, sizes and times of all files: less than reading them, and what changes when a mirror is brought up to date. */
async function markOfFolder(path: string, { signal }: MirrorOptions): Promise<string> {
  const marks: string[] = []
  const waiting = [path]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const entry of await opendir(folder)) {
      signal.throwIfAborted()
      const inside = join(folder, entry.name)
      if (entry.isDirectory()) waiting.push(inside)
      else if (entry.isFile() && /\.(?:json|zip)$/.test(entry.name)) marks.push(markOf(inside, await stat(inside)))
    }
  }
  return marks.sort().join('\n')
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Of one mirror only the last import is of use. */
async function forgetOlder(dir: string, name: string): Promise<void> {
  const [mirror = ''] = name.split('-', 1)
  for (const other of await readdir(dir)) if (other.startsWith(`${mirror}-`) && other !== name) await rm(join(dir, other), { force: true })
}

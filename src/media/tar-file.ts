/** A tar file with random access: an index of its entries, and readers that start at an offset. Nothing is unpacked. */
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { readTar } from '../tar/read-tar.ts'
import { resolveLink, safePath } from '../tar/safe-path.ts'
import { ifPresent } from './file-errors.ts'
import { fileRange } from './file-range.ts'
import { fileSource } from './file-source.ts'

export interface PackedFile {
  readonly offset: number
  readonly size: number
}

/** Holds the file open until `close`, so that replacing it on disk does not change what is read. */
export interface TarFile {
  readonly path: string
  /** Follows links inside the archive. Throws ARCHIVE_DUPLICATE when two files have the name. */
  find(name: string): PackedFile | undefined
  /** As `find`, but throws ARCHIVE_MISSING_BLOB. */
  need(name: string): PackedFile
  open(file: PackedFile, o: { readonly signal: AbortSignal }): Readable
  read(file: PackedFile, o: { readonly limit: number }): Promise<Buffer>
  close(): Promise<void>
}

interface Contents {
  readonly files: Map<string, PackedFile>
  readonly links: Map<string, string>
  readonly twice: Set<string>
}

export async function openTarFile(path: string, o: { readonly signal: AbortSignal }): Promise<TarFile> {
  const file = await ifPresent(open(path, 'r'))
  if (file === undefined) throw problem('ARCHIVE_NOT_FOUND', { path })
  try {
    return tarFile(path, file, await indexOf(file, o))
  } catch (error) {
    await file.close()
    throw error
  }
}

async function indexOf(file: FileHandle, o: { readonly signal: AbortSignal }): Promise<Contents> {
  const contents: Contents = { files: new Map(), links: new Map(), twice: new Set() }
  for await (const { entry, offset, stored, sparse } of readTar(await fileSource(file), o)) {
    const name = safePath(entry.path)
    if (entry.kind === 'dir') continue
    if (contents.files.has(name) || contents.links.has(name)) contents.twice.add(name)
    if (entry.kind === 'file' && sparse === undefined) contents.files.set(name, { offset, size: stored })
    if (entry.kind === 'symlink') contents.links.set(name, resolveLink(name, entry.target))
    if (entry.kind === 'hardlink') contents.links.set(name, safePath(entry.target))
  }
  return contents
}

const longestChain = 16

function tarFile(path: string, file: FileHandle, contents: Contents): TarFile {
  const find = (name: string): PackedFile | undefined => {
    let at = safePath(name)
    for (let i = 0; i < longestChain; i++) {
      if (contents.twice.has(at)) throw problem('ARCHIVE_DUPLICATE', { path, entry: at })
      const link = contents.links.get(at)
      if (link === undefined) return contents.files.get(at)
      at = link
    }
    return undefined
  }
  return {
    path,
    find,
    need: (name) => {
      const found = find(name)
      if (found === undefined) throw problem('ARCHIVE_MISSING_BLOB', { path, entry: name })
      return found
    },
    open: (packed, o) => fileRange(file, packed, o),
    read: async (packed, { limit }) => {
      if (packed.size > limit) throw problem('ARCHIVE_UNREADABLE', { path, reason: `a document in it has ${packed.size} bytes` })
      const bytes = Buffer.alloc(packed.size)
      const { bytesRead } = await file.read(bytes, 0, packed.size, packed.offset)
      return bytes.subarray(0, bytesRead)
    },
    close: () => file.close(),
  }
}

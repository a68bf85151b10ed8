/** A tar file with random access: an index of its entries, and readers that start at an offset. Nothing is unpacked. */
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { isProblem, problem } from '../base/problem.ts'
import type { PiecePool } from '../oci/pieces.ts'
import type { ByteSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'
import { resolveLink, safePath } from '../tar/safe-path.ts'
import { ifPresent } from './file-errors.ts'
import { filePieces, fileRange } from './file-range.ts'
import { fileSource } from './file-source.ts'
import { plainTar, type UnpackOptions } from './plain-tar.ts'

export interface PackedFile {
  readonly name: string
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
  pieces(file: PackedFile, pool: PiecePool): AsyncIterable<Buffer>
  /** A document, whole. Throws ARCHIVE_ENTRY_WRONG when it is larger. */
  read(file: PackedFile, o: { readonly limit: number }): Promise<Buffer>
  close(): Promise<void>
}

interface Contents {
  readonly files: Map<string, PackedFile>
  readonly links: Map<string, string>
  readonly twice: Set<string>
}

/** Of an archive that is compressed as a whole a plain copy is made in `spool`; without one it is refused. */
export async function openTarFile(path: string, o: UnpackOptions): Promise<TarFile> {
  const file = await ifPresent(open(path, 'r'))
  if (file === undefined) throw problem('ARCHIVE_NOT_FOUND', { path })
  let tar = file
  try {
    tar = await plainTar(file, path, o)
    if (tar !== file) await file.close()
    return tarFile(path, tar, await indexOf(tar, path, o))
  } catch (error) {
    await tar.close()
    await file.close()
    throw error
  }
}

/** More than this many are no image archive: layers are files in it, and what is in a layer is not looked at here. */
const mostEntries = 1_000_000

async function indexOf(file: FileHandle, path: string, o: { readonly signal: AbortSignal }): Promise<Contents> {
  const contents: Contents = { files: new Map(), links: new Map(), twice: new Set() }
  try {
    await fill(contents, await fileSource(file), path, o)
  } catch (error) {
    if (!isProblem(error, 'TAR_CORRUPT')) throw error
    throw problem('ARCHIVE_DAMAGED', { path, reason: error.message }, { cause: error })
  }
  return contents
}

async function fill(contents: Contents, source: ByteSource, path: string, o: { readonly signal: AbortSignal }): Promise<void> {
  let entries = 0
  for await (const { entry, offset, stored, sparse } of readTar(source, o)) {
    if (++entries > mostEntries) throw problem('ARCHIVE_DAMAGED', { path, reason: `it holds more than ${mostEntries} entries` })
    const name = inside(entry.path, path)
    if (entry.kind === 'dir') continue
    if (contents.files.has(name) || contents.links.has(name)) contents.twice.add(name)
    if (entry.kind === 'file' && sparse === undefined) contents.files.set(name, { name, offset, size: stored })
    if (entry.kind === 'symlink') contents.links.set(name, resolveLink(name, entry.target))
    if (entry.kind === 'hardlink') contents.links.set(name, inside(entry.target, path))
  }
}

function inside(name: string, path: string): string {
  try {
    return safePath(name)
  } catch (error) {
    if (!isProblem(error, 'TAR_PATH_ESCAPES')) throw error
    throw problem('ARCHIVE_ENTRY_WRONG', { path, entry: name.replaceAll('\0', '\\0'), reason: 'points outside the archive' }, { cause: error })
  }
}

const longestChain = 16

function tarFile(path: string, file: FileHandle, contents: Contents): TarFile {
  const find = (name: string): PackedFile | undefined => {
    let at = inside(name, path)
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
    pieces: (packed, pool) => filePieces(file, packed, pool),
    read: async (packed, { limit }) => {
      if (packed.size > limit)
        throw problem('ARCHIVE_ENTRY_WRONG', { path, entry: packed.name, reason: `has ${packed.size} bytes, which is too large for a document` })
      const bytes = Buffer.alloc(packed.size)
      const { bytesRead } = await file.read(bytes, 0, packed.size, packed.offset)
      return bytes.subarray(0, bytesRead)
    },
    close: () => file.close(),
  }
}

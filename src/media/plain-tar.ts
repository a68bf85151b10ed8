/** The plain tar of an archive that may be compressed as a whole (`docker save | gzip`): readers need to jump, and compressed files cannot. */
import type { FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isProblem, problem } from '../base/problem.ts'
import { decompressed, growthGuard, sniffCompression } from '../oci/decompress.ts'
import { join } from '../oci/join.ts'
import type { Waiting } from '../oci/views.ts'
import type { ContentStore } from './content-store.ts'
import { fileRange } from './file-range.ts'
import { fileSink } from './file-sink.ts'

export interface UnpackOptions extends Waiting {
  /** Where what must be unpacked or compressed is kept until the archive is closed. */
  readonly spool?: ContentStore
}

/** Images shrink to a third; the copy takes room on disk, so far less than gzip's own 1032 is allowed. */
const growth = { growth: 200, least: 2 ** 30 }

/** Answers `file` itself when it is plain; else a nameless copy. Closes neither. */
export async function plainTar(file: FileHandle, path: string, o: UnpackOptions): Promise<FileHandle> {
  const head = Buffer.alloc(8)
  await file.read(head, 0, head.length, 0)
  const format = sniffCompression(head)
  if (format === 'none') return file
  if (o.spool === undefined || format === 'bzip2' || format === 'xz') {
    throw problem('ARCHIVE_UNREADABLE', { path, reason: `it is compressed with ${format} as a whole` }, { hint: 'Decompress it first.' })
  }
  const copy = await o.spool.scratch()
  try {
    const { before, after } = growthGuard(path, growth)
    const packed = join(fileRange(file, { offset: 0, size: (await file.stat()).size }, o), [before], o)
    await pipeline(await decompressed(packed, path, o), after, fileSink(copy), { signal: o.signal })
  } catch (error) {
    await copy.close()
    o.signal.throwIfAborted()
    if (isProblem(error)) throw error
    throw problem('ARCHIVE_DAMAGED', { path, reason: error instanceof Error ? error.message : String(error) }, { cause: error })
  }
  return copy
}

/** The content of one entry of a tar that lies in a file. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { TarRead } from '../../tar/read-tar.ts'
import { expand } from '../../tar/sparse.ts'
import type { FileNode } from '../tree/node.ts'

/** `file` makes the tar ready when it is first needed. */
export function tarContent(file: () => Promise<string>, read: Pick<TarRead, 'offset' | 'stored' | 'sparse'>): FileNode['content'] {
  const { offset, stored, sparse } = read
  if (stored === 0 && sparse === undefined) return async () => new Uint8Array()
  return async (o) => {
    const bytes = stored === 0 ? Readable.from([]) : createReadStream(await file(), { start: offset, end: offset + stored - 1, signal: o.signal })
    return sparse === undefined ? bytes : Readable.from(expand(bytes, sparse), { objectMode: false })
  }
}

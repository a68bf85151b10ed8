/** The JSON files of a mirror of advisories: a folder with folders, a zip archive, a tar archive (plain, gzip or zstd), or one file. */
import { createReadStream } from 'node:fs'
import { open, opendir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import { decompressed } from '../../../oci/decompress.ts'
import { streamSource } from '../../../tar/byte-source.ts'
import { readTar } from '../../../tar/read-tar.ts'
import { zipFiles } from './zip-file.ts'

export interface AdvisoryFile {
  readonly name: string
  readonly bytes: Buffer
}

/** An advisory is some kilobytes; a file may be a list of them. */
const largest = 512 * 1024 * 1024

/** Throws SCAN_IMPORT_REFUSED. */
export async function* advisoryFiles(path: string, o: { readonly signal: AbortSignal }): AsyncGenerator<AdvisoryFile> {
  const facts = await ifPresent(stat(path))
  if (facts === undefined) throw problem('SCAN_IMPORT_REFUSED', { source: path, reason: 'there is no such file or folder' })
  try {
    if (facts.isDirectory()) yield* inFolder(path, o)
    else if (await isZip(path)) yield* inZip(path, o)
    else if (path.endsWith('.json')) yield { name: path, bytes: await readFile(path) }
    else yield* inTar(path, o)
  } catch (cause) {
    o.signal.throwIfAborted()
    throw problem('SCAN_IMPORT_REFUSED', { source: path, reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(4)
    await file.read(head, 0, 4, 0)
    return head.readUInt16LE(0) === 0x4b50
  } finally {
    await file.close()
  }
}

/** Links are not followed: a mirror has none, and they may go in circles. */
async function* inFolder(path: string, o: { readonly signal: AbortSignal }): AsyncGenerator<AdvisoryFile> {
  const waiting = [path]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for await (const entry of await opendir(folder)) {
      o.signal.throwIfAborted()
      const inside = join(folder, entry.name)
      if (entry.isDirectory()) waiting.push(inside)
      else if (entry.isFile() && entry.name.endsWith('.json')) yield { name: inside, bytes: await readFile(inside) }
      else if (entry.isFile() && entry.name.endsWith('.zip')) yield* inZip(inside, o)
    }
  }
}

async function* inZip(path: string, o: { readonly signal: AbortSignal }): AsyncGenerator<AdvisoryFile> {
  for await (const { name, read } of zipFiles(path, { ...o, largest })) if (name.endsWith('.json')) yield { name, bytes: await read() }
}

async function* inTar(path: string, o: { readonly signal: AbortSignal }): AsyncGenerator<AdvisoryFile> {
  const plain = await decompressed(createReadStream(path), path, o)
  for await (const { entry, body } of readTar(streamSource(plain), o)) {
    if (entry.kind !== 'file' || !entry.path.endsWith('.json')) continue
    if (entry.size > largest) throw new Error(`${entry.path} has more than ${largest} bytes`)
    const pieces: Buffer[] = []
    for await (const piece of body()) pieces.push(Buffer.from(piece))
    yield { name: entry.path, bytes: Buffer.concat(pieces) }
  }
}

/** Paths and modes of the entries of a tar; folders end with a slash. */
import { Readable } from 'node:stream'
import { streamSource } from '../../src/tar/byte-source.ts'
import { readTar } from '../../src/tar/read-tar.ts'

export async function entriesOfTar(bytes: Uint8Array): Promise<readonly string[]> {
  const found: string[] = []
  const { signal } = new AbortController()
  for await (const { entry } of readTar(streamSource(Readable.from([bytes], { objectMode: false })), { signal }))
    found.push(`${entry.path}${entry.kind === 'dir' ? '/' : ''} ${entry.mode.toString(8)}`)
  return found
}

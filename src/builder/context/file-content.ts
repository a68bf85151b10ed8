/** Opens a file of this machine: small ones as bytes, large ones as a stream. */
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Waiting } from '../tree/node.ts'

const small = 256 * 1024

export function fileContent(file: string, size: number): (o: Waiting) => Promise<Readable | Uint8Array> {
  if (size === 0) return async () => new Uint8Array()
  return size <= small ? (o) => readFile(file, { signal: o.signal }) : async (o) => createReadStream(file, { signal: o.signal, highWaterMark: 1024 * 1024 })
}

/** One file of the folder: a header of fixed size with the key, then the body. Complete when it has its name, because it is renamed last. */
import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import * as v from 'valibot'

export interface EntryHeader {
  readonly key: string
  readonly savedMs: number
  readonly bytes: number
  /** Of the body, hexadecimal: nothing is forced onto the disk, so a power cut may leave less than was written. */
  readonly sha256: string
}

export const headerSize = 4096
export const suffix = '.saved'
const magic = 'slipway-saved-1\n'
const shape = v.object({ key: v.string(), savedMs: v.number(), bytes: v.number(), sha256: v.string() })

export function entryName(key: string): string {
  return `${createHash('sha256').update(key).digest('hex')}${suffix}`
}

export function temporaryName(): string {
  return `.${randomUUID()}.part`
}

export function isTemporary(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.part')
}

export function headerBytes(header: EntryHeader): Buffer {
  const bytes = Buffer.alloc(headerSize)
  bytes.write(`${magic}${JSON.stringify(header)}`)
  return bytes
}

/** Undefined for what is none of ours, or was cut. */
export async function readHeader(file: FileHandle): Promise<EntryHeader | undefined> {
  const bytes = Buffer.alloc(headerSize)
  const { bytesRead } = await file.read(bytes, 0, headerSize, 0)
  const text = bytes.toString('utf8').replace(/\0+$/, '')
  if (bytesRead < headerSize || !text.startsWith(magic)) return undefined
  const header = v.safeParse(shape, parsed(text.slice(magic.length)))
  const { size } = await file.stat()
  return header.success && size === headerSize + header.output.bytes ? header.output : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined when there is no such file. */
export async function openEntry(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

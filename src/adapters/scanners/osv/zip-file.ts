/** The files of a zip archive, as mirrors of advisories are: stored or deflated, also with more than 65535 of them. */
import { type FileHandle, open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'

export interface ZippedFile {
  readonly name: string
  read(): Promise<Buffer>
}

const sizes = { endOfDirectory: 22, locator: 20, end64: 56, entry: 46, local: 30 } as const
const signatures = { endOfDirectory: 0x06054b50, locator: 0x07064b50, end64: 0x06064b50, entry: 0x02014b50, local: 0x04034b50 } as const
const longestComment = 65_535
const largestDirectory = 2 ** 31

/** Throws an Error that says what is wrong with the archive. */
export async function* zipFiles(path: string, o: { readonly largest: number; readonly signal: AbortSignal }): AsyncGenerator<ZippedFile> {
  const file = await open(path, 'r')
  try {
    const directory = await readDirectory(file)
    for (let at = 0; at < directory.length; ) {
      o.signal.throwIfAborted()
      if (at + sizes.entry > directory.length || directory.readUInt32LE(at) !== signatures.entry) throw new Error('its directory is damaged')
      const entry = entryAt(directory, at)
      at = entry.next
      if (!entry.name.endsWith('/')) yield { name: entry.name, read: () => readEntry(file, entry, o.largest) }
    }
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size)
  const { bytesRead } = await file.read(bytes, 0, size, offset)
  if (bytesRead < size) throw new Error('it was cut')
  return bytes
}

/** The directory is last; what says where it is comes after it. */
async function readDirectory(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat()
  const length = Math.min(size, sizes.endOfDirectory + longestComment)
  const end = await readAt(file, size - length, length)
  let at = end.length - sizes.endOfDirectory
  while (at >= 0 && end.readUInt32LE(at) !== signatures.endOfDirectory) at--
  if (at < 0) throw new Error('it has no directory: it is no zip archive, or was cut')
  let [bytes, offset] = [end.readUInt32LE(at + 12), end.readUInt32LE(at + 16)]
  if (at >= sizes.locator && end.readUInt32LE(at - sizes.locator) === signatures.locator) {
    const large = await readAt(file, Number(end.readBigUInt64LE(at - sizes.locator + 8)), sizes.end64)
    if (large.readUInt32LE(0) !== signatures.end64) throw new Error('its directory is damaged')
    bytes = Number(large.readBigUInt64LE(40))
    offset = Number(large.readBigUInt64LE(48))
  }
  if (bytes > largestDirectory || offset + bytes > size) throw new Error('its directory is not where it should be')
  return readAt(file, offset, bytes)
}

interface Entry {
  readonly name: string
  readonly method: number
  readonly packed: number
  readonly size: number
  readonly offset: number
  readonly next: number
}

function entryAt(directory: Buffer, at: number): Entry {
  const [nameSize, extraSize, commentSize] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)]
  const nameAt = at + sizes.entry
  const next = nameAt + nameSize + extraSize + commentSize
  if (next > directory.length) throw new Error('its directory was cut')
  const name = directory.toString('utf8', nameAt, nameAt + nameSize)
  const short = { size: directory.readUInt32LE(at + 24), packed: directory.readUInt32LE(at + 20), offset: directory.readUInt32LE(at + 42) }
  const long = longValues(directory.subarray(nameAt + nameSize, nameAt + nameSize + extraSize), short)
  return { name, method: directory.readUInt16LE(at + 10), ...long, next }
}

const [long, longTag] = [0xffffffff, 0x0001]

/** Values that do not fit are in an extra field, in this order, those only. */
function longValues(extra: Buffer, short: { size: number; packed: number; offset: number }): { size: number; packed: number; offset: number } {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== longTag) continue
    let value = at + 4
    const wide = (given: number): number => {
      if (given !== long) return given
      if (value + 8 > extra.length) throw new Error('its directory is damaged')
      value += 8
      return Number(extra.readBigUInt64LE(value - 8))
    }
    return { size: wide(short.size), packed: wide(short.packed), offset: wide(short.offset) }
  }
  return short
}

async function readEntry(file: FileHandle, entry: Entry, largest: number): Promise<Buffer> {
  if (entry.size > largest || entry.packed > largest) throw new Error(`${entry.name} has more than ${largest} bytes`)
  const local = await readAt(file, entry.offset, sizes.local)
  if (local.readUInt32LE(0) !== signatures.local) throw new Error(`${entry.name} is not where the directory says`)
  const packed = await readAt(file, entry.offset + sizes.local + local.readUInt16LE(26) + local.readUInt16LE(28), entry.packed)
  if (entry.method === 0) return packed
  if (entry.method !== 8) throw new Error(`${entry.name} is compressed by a method that is not known (${entry.method})`)
  const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) })
  if (bytes.length !== entry.size) throw new Error(`${entry.name} has ${bytes.length} bytes, not ${entry.size}`)
  return bytes
}

/**
 * The names of the buckets of a bbolt file, without reading the rest: trivy's database is one, of a gigabyte.
 * Page: id u64, flags u16, count u16, overflow u32. https://github.com/etcd-io/bbolt
 */
import { type FileHandle, open } from 'node:fs/promises'

export interface BoltBucket {
  readonly name: string
  readonly empty: boolean
}

/** Why a file is none, or is not whole. */
export class BoltDamage extends Error {}

const metaSize = 80
const headerSize = 16
const elementSize = 16
const flags = { branch: 0x01, leaf: 0x02 } as const
const magic = 0xed0cdaed
const bucketFlag = 0x01
/** Of the tree of one bucket; every level holds many times more than the one above. */
const deepest = 32
const mostPages = 100_000
const largestPage = 1 << 16

interface Meta {
  readonly pageSize: number
  readonly root: bigint
  /** So many pages there are. */
  readonly pages: bigint
  readonly transaction: bigint
}

export async function boltBuckets(path: string): Promise<readonly BoltBucket[]> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const meta = await readMeta(file, size)
    if (BigInt(size) < meta.pages * BigInt(meta.pageSize)) throw new BoltDamage(`it has ${size} bytes of ${meta.pages * BigInt(meta.pageSize)}: it was cut`)
    const found: BoltBucket[] = []
    await walk(file, meta, { page: meta.root, depth: 0, seen: { pages: 0 } }, found)
    return found
  } finally {
    await file.close()
  }
}

/** The newer of the two that is whole: the other may have been written when the machine stopped. */
async function readMeta(file: FileHandle, size: number): Promise<Meta> {
  const first = metaOf(await bytesAt(file, 0, headerSize + metaSize))
  const second = first === undefined ? undefined : metaOf(await bytesAt(file, first.pageSize, headerSize + metaSize))
  // Without the first one nothing says where the second one begins; pages are usually of this size.
  const found = first ?? (size >= 4096 + headerSize + metaSize ? metaOf(await bytesAt(file, 4096, headerSize + metaSize)) : undefined)
  if (found === undefined) throw new BoltDamage(size === 0 ? 'it is empty' : 'it is no database of trivy')
  return second !== undefined && second.transaction > found.transaction ? second : found
}

function metaOf(bytes: Buffer): Meta | undefined {
  if (bytes.length < headerSize + 64 || bytes.readUInt32LE(headerSize) !== magic || bytes.readUInt32LE(headerSize + 4) !== 2) return undefined
  const pageSize = bytes.readUInt32LE(headerSize + 8)
  if (pageSize < 512 || pageSize > largestPage || (pageSize & (pageSize - 1)) !== 0) return undefined
  const at = headerSize + 16
  return { pageSize, root: bytes.readBigUInt64LE(at), pages: bytes.readBigUInt64LE(at + 24), transaction: bytes.readBigUInt64LE(at + 32) }
}

interface Walking {
  readonly page: bigint
  readonly depth: number
  readonly seen: { pages: number }
}

async function walk(file: FileHandle, meta: Meta, at: Walking, found: BoltBucket[]): Promise<void> {
  at.seen.pages += 1
  if (at.depth > deepest || at.seen.pages > mostPages) throw new BoltDamage('its pages point in circles')
  const page = await pageAt(file, meta, at.page)
  const [kind, count] = [page.readUInt16LE(8), page.readUInt16LE(10)]
  if (kind !== flags.branch && kind !== flags.leaf) throw new BoltDamage(`its page ${at.page} is none of a tree`)
  for (let i = 0; i < count; i++) {
    const element = headerSize + i * elementSize
    if (element + elementSize > page.length) throw new BoltDamage(`its page ${at.page} is cut`)
    if (kind === flags.branch) await walk(file, meta, { page: page.readBigUInt64LE(element + 8), depth: at.depth + 1, seen: at.seen }, found)
    else if ((page.readUInt32LE(element) & bucketFlag) !== 0) found.push(await bucketOf(file, meta, page, element))
  }
}

async function bucketOf(file: FileHandle, meta: Meta, page: Buffer, element: number): Promise<BoltBucket> {
  const key = element + page.readUInt32LE(element + 4)
  const [keySize, valueSize] = [page.readUInt32LE(element + 8), page.readUInt32LE(element + 12)]
  const value = page.subarray(key + keySize, key + keySize + valueSize)
  if (value.length < 16) throw new BoltDamage('one of its buckets is cut')
  const root = value.readBigUInt64LE(0)
  // A small bucket lies in its parent, behind its own header.
  const count = root === 0n ? (value.length < 16 + headerSize ? 0 : value.readUInt16LE(16 + 10)) : (await pageAt(file, meta, root)).readUInt16LE(10)
  return { name: page.subarray(key, key + keySize).toString('utf8'), empty: count === 0 }
}

async function pageAt(file: FileHandle, { pageSize, pages }: Meta, page: bigint): Promise<Buffer> {
  if (page >= pages) throw new BoltDamage(`it points to the page ${page} of ${pages}`)
  const at = Number(page) * pageSize
  const first = await bytesAt(file, at, pageSize)
  if (first.length < pageSize) throw new BoltDamage(`its page ${page} is cut`)
  const overflow = first.readUInt32LE(12)
  if (overflow > mostPages) throw new BoltDamage(`its page ${page} is too large`)
  return overflow === 0 ? first : bytesAt(file, at, (overflow + 1) * pageSize)
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  return bytes.subarray(0, bytesRead)
}
